/// What a lab's instances are. Chosen once, at `up`.
public enum InstanceForm: String, Codable, Sendable {
    /// A process tree with a folder as its root; the machine's own programs beside it.
    case light
    /// A systemd container that boots from an image.
    case container

    /// A form, and one line that says why it is this one.
    public struct Choice: Sendable, Equatable {
        public var form: InstanceForm
        public var reason: String

        public init(form: InstanceForm, reason: String) {
            self.form = form
            self.reason = reason
        }
    }

    /// What decides.
    struct Rights: Sendable, Equatable {
        var wantsLight = false
        var isRoot = true
        var canMakeNamespaces = true
        var hasNspawn = true
        var hasMakeXFS = true
        var canMountOverlay = true
        var hasControlGroups = true
    }

    static func choose(_ rights: Rights) -> Choice {
        let reasons = [
            (rights.wantsLight, "asked for by --light"),
            (!rights.isRoot, "booted containers need root"),
            (!rights.canMakeNamespaces, "this machine allows no namespaces"),
            (!rights.hasNspawn, "no systemd-nspawn (Debian's systemd-container)"),
            (!rights.hasMakeXFS, "no mkfs.xfs (Debian's xfsprogs)"),
            (!rights.canMountOverlay, "this machine mounts no overlay"),
            (!rights.hasControlGroups, "no writable control groups in /sys/fs/cgroup"),
        ]
        if let first = reasons.first(where: \.0) { return Choice(form: .light, reason: first.1) }
        return Choice(form: .container, reason: "root, systemd-nspawn, overlay, control groups")
    }

    /// One line for who looks at a lab.
    public var words: String {
        switch self {
        case .light: "light instances: process trees with a folder as their root"
        case .container: "booted containers: each runs a systemd of its own from an image"
        }
    }
}
