/// A command that is run once in the life of a volume, with what proves that it was done.
public struct Preparation: Sendable, Equatable {
    public var name: String
    /// Program and arguments, with variables; no shell.
    public var command: [String]
    public var environment: [String: String]
    /// The user to run it as; nil for the caller's own.
    public var user: String?
    public var directory: String?
    /// Paths, with variables, that are all there when it was done. The last part may hold `*` and
    /// `?`. If some are there and some are not, it was cut off half-way, and that is an error.
    public var proof: [String]
    /// It may destroy data if it is run twice: the panel must give its one-time leave first.
    public var needsLeave: Bool
    public var deadline: Duration

    static let keys = [
        "name", "command", "environment", "user", "directory", "proof", "leave", "deadline",
    ]
    static let defaultDeadline: Duration = .seconds(120)

    init(_ node: YAMLNode, file: String) throws(ConfigurationError) {
        let reader = try MappingReader(node, key: "preparations", file: file, known: Self.keys)
        name = try reader.plainName()
        command = try reader.command()
        environment = try reader.templateTable("environment")
        user = try reader.string("user")
        directory = reader.node("directory") == nil ? nil : try reader.template("directory")
        proof = try reader.templates("proof")
        needsLeave = try reader.boolean("leave") ?? false
        deadline = try reader.duration("deadline", default: Self.defaultDeadline)
        guard !proof.isEmpty else { throw reader.failure(.missingKey("proof")) }
    }

    public enum State: Sendable, Equatable {
        case toDo
        case done
        /// It was cut off: neither to be run again nor to be built on.
        case half(present: [String], missing: [String])
    }

    /// Judges the proof, whose variables are replaced already. `names` lists the names in a folder,
    /// and is empty if the folder is not there.
    public static func state(
        ofProof proof: [String], names: (String) throws -> [String]
    ) rethrows -> State {
        var present: [String] = []
        var missing: [String] = []
        for path in proof {
            let parts = path.split(separator: "/", omittingEmptySubsequences: false)
            let folder = parts.dropLast().joined(separator: "/")
            let pattern = String(parts.last ?? "")
            let found = try names(folder.isEmpty ? "/" : folder).contains {
                Pattern.matches($0, pattern)
            }
            if found { present.append(path) } else { missing.append(path) }
        }
        if missing.isEmpty { return .done }
        return present.isEmpty ? .toDo : .half(present: present, missing: missing)
    }
}

/// File name patterns with `*` and `?`.
enum Pattern {
    /// `*` stands for any run of characters, `?` for one. Quadratic at worst.
    static func matches(_ name: String, _ pattern: String) -> Bool {
        let name = Array(name.utf8)
        let pattern = Array(pattern.utf8)
        var (n, p) = (0, 0)
        var retry: (name: Int, pattern: Int)?
        while n < name.count {
            if p < pattern.count, pattern[p] == UInt8(ascii: "*") {
                retry = (n, p)
                p += 1
            } else if p < pattern.count, pattern[p] == UInt8(ascii: "?") || pattern[p] == name[n] {
                n += 1
                p += 1
            } else if let star = retry {
                retry = (star.name + 1, star.pattern)
                n = star.name + 1
                p = star.pattern + 1
            } else {
                return false
            }
        }
        return pattern[p...].allSatisfy { $0 == UInt8(ascii: "*") }
    }
}

extension MappingReader {
    /// The required `name` of a preparation or daemon.
    func plainName() throws(ConfigurationError) -> String {
        guard
            let name = try parsed(
                "name", expected: "letters, digits, '.', '_' and '-'",
                { Name.isPlain($0) ? $0 : nil })
        else { throw failure(.missingKey("name")) }
        return name
    }

    /// The required `command`: a program and its arguments.
    func command() throws(ConfigurationError) -> [String] {
        let command = try templates("command")
        guard !command.isEmpty else { throw failure(.missingKey("command")) }
        return command
    }
}
