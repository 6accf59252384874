/// SELinux's labels, on machines that have it.
public struct SELinux: Sendable {
    private let paths: HostPaths
    /// restorecon(8), of policycoreutils.
    private let program: String

    public init(_ paths: HostPaths, program: String = "restorecon") {
        self.paths = paths
        self.program = program
    }

    /// The kernel has its file system there only where it is on (selinux(8)).
    public var isOn: Bool { Files(root: paths.sys).exists("/fs/selinux/enforce") }

    /// Gives one file or directory the label that the policy has for its path, whatever is mounted
    /// there now. Does nothing where SELinux is off.
    public func label(_ path: String) async throws {
        guard isOn else { return }
        try await ProcessRunner().require(program, ["-F", paths.inside(path)])
    }
}
