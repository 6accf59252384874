/// Where the machine's trees are. A parameter everywhere, so that tests and light instances work in
/// folders of their own.
public struct HostPaths: Sendable, Equatable {
    /// What stands for `/`, such as `/var/lib/howdah-local/instances/i-1/root`.
    public var root: String
    public var dev: String
    public var sys: String
    public var proc: String

    public init(root: String = "/", dev: String? = nil, sys: String? = nil, proc: String = "/proc")
    {
        let base = root.count > 1 && root.hasSuffix("/") ? String(root.dropLast()) : root
        self.root = base
        self.dev = dev ?? Self.join(base, "/dev")
        self.sys = sys ?? Self.join(base, "/sys")
        self.proc = proc
    }

    /// An absolute path of the instance, as this process must open it.
    public func inside(_ path: String) -> String { Self.join(root, path) }

    /// The file access below `root`.
    public var files: Files { Files(root: root) }

    static func join(_ base: String, _ path: String) -> String {
        let relative = path.drop { $0 == "/" }
        if relative.isEmpty { return base }
        return base.hasSuffix("/") ? base + relative : base + "/" + relative
    }
}
