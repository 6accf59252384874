/// Packages that stay at their version (versionlock.list of dnf and of yum). Does no I/O.
public struct VersionLocks: Sendable, Hashable {
    static let paths = [
        "/etc/dnf/plugins/versionlock.list", "/etc/yum/pluginconf.d/versionlock.list",
    ]

    /// Patterns of identities: of packages of such a name no others are taken.
    public private(set) var locks: [String] = []
    /// Patterns that a line with `!` names: what fits is not taken.
    public private(set) var excludes: [String] = []

    public init(_ texts: [String] = []) {
        for line in texts.flatMap({ $0.split(whereSeparator: \.isNewline) }) {
            let text = line.prefix { $0 != "#" }.trimmedBlanks
            if text.hasPrefix("!") {
                excludes.append(String(text.dropFirst().trimmedBlanks))
            } else if !text.isEmpty {
                locks.append(String(text))
            }
        }
    }
}
