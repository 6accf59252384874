/// How far a lab's instances are apart. Chosen once, at `up`.
public enum Isolation: String, Codable, Sendable {
    /// A network, mount, host name and process-id namespace each. Files are not apart: an
    /// instance's root is a folder, and its processes are root's.
    case namespaces
    /// An address of 127.0.0.0/8 each, for who may not make namespaces of the network. Processes,
    /// ports and host name are the machine's, and a plain folder stands for each mount.
    case loopback

    /// What decides.
    struct Rights: Sendable, Equatable {
        var isRoot: Bool
        /// Network, mount, host name and process-id namespaces can be made.
        var canMakeNamespaces: Bool
        /// A user namespace in which one is root can be made.
        var canBecomeRoot: Bool
    }

    /// Installing below a folder means changing the root to it, which only root may, if only the
    /// root of a user namespace.
    static func choose(_ rights: Rights) throws(LabError) -> Isolation {
        if rights.isRoot { return rights.canMakeNamespaces ? .namespaces : .loopback }
        guard rights.canBecomeRoot else {
            throw LabError(
                "you are not root, and this machine lets you make no user namespace, without "
                    + "which packages cannot be installed below a folder; run it as root, or see "
                    + "sysctl user.max_user_namespaces and kernel.unprivileged_userns_clone")
        }
        return .loopback
    }

    /// One line for who starts a lab or looks at it.
    public var words: String {
        switch self {
        case .namespaces: "namespaces: each instance has a network, mounts and processes of its own"
        case .loopback:
            "loopback: without namespaces of the network; instances are addresses of 127.0.0.0/8, "
                + "and plain folders stand for their mounts"
        }
    }
}
