public import Host

/// The folder that holds all that a lab is: its ledger, its services' data, its instances,
/// its logs.
public struct StateFolder: Sendable, Equatable {
    /// Absolute, without a slash at its end.
    public let path: String

    public init(path: String) {
        self.path = HostPaths(root: path).root
    }

    /// Where a lab lives unless `--state` says otherwise (XDG base directory specification for
    /// those who are not root).
    public static func standard(environment: [String: String], isRoot: Bool) -> StateFolder {
        if isRoot { return StateFolder(path: "/var/lib/howdah-local") }
        let home = environment["HOME"] ?? "/tmp"
        let base = environment["XDG_STATE_HOME"] ?? home + "/.local/state"
        return StateFolder(path: base + "/howdah-local")
    }

    /// File access below the folder.
    public var files: Files { Files(root: path) }

    /// The operating system's path of one of the names below.
    public func inside(_ name: String) -> String {
        HostPaths(root: path).inside(name)
    }

    /// Written first: the folder is a lab's.
    static let marker = "/howdah-local"
    static let lab = "/lab.json"
    static let secrets = "/secrets.json"
    static let ledger = "/ledger.json"
    static let ledgerLock = "/ledger.lock"
    static let labLock = "/lab.lock"
    static let logs = "/log"
    static let cache = "/cache"
    static let image = "/image"
    static let instances = "/instances"
    static let volumes = "/volumes"
    /// Where lxcfs is mounted, in its own mount namespace.
    static let load = "/load"
    static let requests = "/requests"
    static let services = "/services"
    static let forwards = "/forwards.json"
    static let cloud = "/cloud.json"
    static let programs = "/programs.json"

    static func log(_ name: String) -> String { "\(logs)/\(name).log" }
    static func instance(_ id: String) -> String { "\(instances)/\(id)" }
    static func volume(_ id: String) -> String { "\(volumes)/\(id).img" }
}
