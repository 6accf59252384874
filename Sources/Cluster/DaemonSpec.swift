/// A daemon of a role: how it is started and what shows that it is up.
public struct DaemonSpec: Sendable, Equatable {
    public var name: String
    /// Program and arguments, with variables; no shell. It stays in the foreground. Empty where
    /// ``unit`` says how it is started.
    public var command: [String]
    /// The service that the daemon's package has brought, such as `hadoop-hdfs-namenode.service`;
    /// nil for a daemon that the stack describes whole.
    public var unit: String?
    public var environment: [String: String]
    /// The user to run it as; nil for the caller's own.
    public var user: String?
    /// Working folder, with variables; nil for `/`.
    public var directory: String?
    /// Names of daemons of the same role that must be ready first.
    public var after: [String]
    /// What must answer before it is started, such as the master's port.
    public var waitsFor: [Probe]
    /// All must answer for the daemon to count as ready. At least one.
    public var readiness: [Probe]
    /// For `waitsFor`, and then again for `readiness`.
    public var deadline: Duration
    /// How long it may take to stop after SIGTERM before it is killed.
    public var stopDeadline: Duration
    /// Paths of the role's files that it reads, as the role has them: it is started anew when one
    /// of them changes. Nil for all of them.
    public var reads: [String]?
    /// Program and arguments, with variables, by which it is told that a list of members has
    /// changed; empty where it sees that by itself.
    public var refresh: [String]
    /// How HDFS is balanced from where this daemon runs; nil where that is not its task.
    public var balancer: BalancerSpec?
    public var resources: DaemonResources
    /// What it mounts is its own, and what others unmount later stays unmounted for it too.
    public var hasPrivateMounts: Bool

    static let keys = [
        "name", "command", "unit", "environment", "user", "directory", "after", "waits_for",
        "readiness",
        "deadline", "stop_deadline", "reads", "refresh", "balancer", "resources",
        "private_mounts",
    ]
    static let defaultDeadline: Duration = .seconds(120)
    static let defaultStopDeadline: Duration = .seconds(30)

    init(_ node: YAMLNode, file: String) throws(ConfigurationError) {
        let reader = try MappingReader(node, key: "daemons", file: file, known: Self.keys)
        name = try reader.plainName()
        unit = try Self.unit(reader)
        command = unit == nil ? try reader.command() : []
        environment = try reader.templateTable("environment")
        user = try reader.string("user")
        directory = reader.node("directory") == nil ? nil : try reader.template("directory")
        after = try reader.strings("after")
        waitsFor = try Self.probes("waits_for", reader)
        readiness = try Self.probes("readiness", reader)
        deadline = try reader.duration("deadline", default: Self.defaultDeadline)
        stopDeadline = try reader.duration("stop_deadline", default: Self.defaultStopDeadline)
        reads = reader.node("reads") == nil ? nil : try reader.templates("reads")
        refresh = try reader.templates("refresh")
        balancer = try reader.node("balancer").map { node throws(ConfigurationError) in
            try BalancerSpec(node, file: file)
        }
        resources =
            try reader.node("resources").map { node throws(ConfigurationError) in
                try DaemonResources(node, file: file)
            } ?? DaemonResources()
        hasPrivateMounts = try reader.boolean("private_mounts") ?? false
        guard !readiness.isEmpty else { throw reader.failure(.missingKey("readiness")) }
    }

    /// Its package's service, which has a command, a user and a folder of its own.
    private static func unit(_ reader: MappingReader) throws(ConfigurationError) -> String? {
        guard
            let unit = try reader.parsed(
                "unit", expected: "a service's name, not one that begins with 'howdah-'",
                serviceName)
        else { return nil }
        for key in ["command", "user", "directory"] {
            guard let line = reader.keyLines[key] else { continue }
            throw reader.failure(.refused("'\(key)' is the unit's own: leave it out"), line: line)
        }
        return unit
    }

    /// systemd.unit(5): a name has at most 255 bytes.
    private static func serviceName(_ text: String) -> String? {
        let name = text.hasSuffix(".service") ? String(text.dropLast(8)) : text
        let isPlain = name.utf8.allSatisfy { Name.isPlain(String(UnicodeScalar($0))) || $0 == 0x40 }
        guard !name.isEmpty, isPlain, name.utf8.count <= 247, !name.hasPrefix("howdah-"),
            !name.hasPrefix("."), !name.hasPrefix("-")
        else { return nil }
        return name + ".service"
    }

    private static func probes(
        _ key: String, _ reader: MappingReader
    ) throws(ConfigurationError) -> [Probe] {
        var probes: [Probe] = []
        for node in try reader.list(key) {
            probes.append(try Probe(node, key: key, file: reader.file))
        }
        return probes
    }
}

/// A question whose answer shows that a daemon is up. Asked again and again until a deadline.
public enum Probe: Sendable, Equatable {
    /// A TCP connection succeeds.
    case port(host: String, port: UInt16)
    /// `GET` answers 200.
    case http(url: String)
    /// The JSON of a Hadoop daemon's `/jmx?qry=BEAN` has the bean, and its attribute, written as
    /// text, contains `contains`. JMX answers before the bean is there: "not yet" is both an empty
    /// list of beans and another value.
    case jmx(url: String, bean: String, attribute: String, contains: String)

    /// Where a probe without a host looks.
    static let ownHost = "${node.address}"
    static let keys = ["host", "port", "http", "jmx", "bean", "attribute", "contains"]

    init(_ node: YAMLNode, key: String, file: String) throws(ConfigurationError) {
        let reader = try MappingReader(node, key: key, file: file, known: Self.keys)
        let given = Set(reader.keyLines.keys)
        switch given {
        case ["port"], ["host", "port"]:
            let port = try reader.parsed("port", expected: "a port, 1 to 65535") {
                UInt16($0).flatMap { $0 == 0 ? nil : $0 }
            }
            let host = given.contains("host") ? try reader.template("host") : Self.ownHost
            self = .port(host: host, port: port ?? 0)
        case ["http"]: self = .http(url: try reader.template("http"))
        case ["jmx", "bean", "attribute", "contains"]:
            self = .jmx(
                url: try reader.template("jmx"), bean: try reader.required("bean"),
                attribute: try reader.required("attribute"),
                contains: try reader.template("contains"))
        default:
            throw reader.failure(
                .refused(
                    "a probe has 'port' (and 'host'), or 'http', or all of 'jmx', 'bean', "
                        + "'attribute' and 'contains'"))
        }
    }
}
