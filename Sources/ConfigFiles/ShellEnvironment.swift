/// A file of variables in quotes for a POSIX shell to read, such as hadoop-env.sh; without `export`
/// also for systemd's `EnvironmentFile=` (systemd.exec(5)).
public enum ShellEnvironment {
    public enum Failure: Error, Equatable, CustomStringConvertible {
        case badName(String)
        case unwritable(name: String)

        public var description: String {
            switch self {
            case .badName(let name): "'\(name)' is no name of a shell variable"
            case .unwritable(let name): "the value of '\(name)' holds a zero byte"
            }
        }
    }

    /// Sorted by name, so that equal tables give equal bytes. No part of a value is expanded.
    public static func render(
        _ table: [String: String], exports: Bool = true
    ) throws(Failure) -> String {
        var text = "# Written by howdah-node at boot: change the cluster file instead.\n"
        for (name, value) in table.sorted(by: { $0.key < $1.key }) {
            guard isName(name) else { throw .badName(name) }
            guard !value.utf8.contains(0) else { throw .unwritable(name: name) }
            text += (exports ? "export " : "") + "\(name)=\(quoted(value))\n"
        }
        return text
    }

    /// In single quotes, where only a single quote needs care (POSIX shell, section 2.2.2).
    private static func quoted(_ value: String) -> String {
        let parts = value.split(separator: "'", omittingEmptySubsequences: false)
        return "'" + parts.joined(separator: "'\\''") + "'"
    }

    private static func isName(_ text: String) -> Bool {
        guard let first = text.utf8.first, !(0x30...0x39).contains(first) else { return false }
        return text.utf8.allSatisfy { byte in
            byte == UInt8(ascii: "_") || (0x30...0x39).contains(byte)
                || (0x41...0x5a).contains(byte) || (0x61...0x7a).contains(byte)
        }
    }
}
