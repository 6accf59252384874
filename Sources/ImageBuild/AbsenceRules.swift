/// What no image may hold, checked on the finished tree.
struct AbsenceRules: Sendable {
    /// Goes up with every change of these rules: images of earlier ones are not up to date.
    static let version = 2
    /// Files that may be there only if they are empty.
    static let empty = ["etc/machine-id", "etc/resolv.conf", "etc/hostname"]
    /// Paths that may not be there.
    static let absent = [
        "etc/howdah/environment": "settings of one machine",
        "root/.aws": "credentials",
        "var/lib/dbus/machine-id": "the identity of one machine",
        "var/lib/systemd/random-seed": "randomness that is to be secret",
        "var/lib/systemd/credential.secret": "a secret of one machine",
    ]
    /// What no home may hold, of root or of any user.
    static let absentFromHomes = [
        ".ssh/authorized_keys": "a key of one operator",
        ".ssh/authorized_keys2": "a key of one operator",
        ".bash_history": history, ".zsh_history": history, ".sh_history": history,
        ".ash_history": history, ".python_history": history, ".mysql_history": history,
        ".psql_history": history, ".lesshst": history, ".viminfo": history,
    ]
    private static let history = "a history of what somebody did"
    /// Folders that may be there, with nothing but folders in them.
    static let emptyFolders = [
        "var/lib/cloud": "cloud-init's state", "var/lib/howdah": "howdah's state",
        "var/log": "a log", "var/lib/amazon": "an agent's state",
    ]
    /// Where an address of a private network is that of a machine.
    static let addressFree = ["etc/hosts", "etc/howdah/"]
    static let maximumShown = 20

    /// Paths of the recipe that may not be there either.
    var own: [String] = []

    /// A line for each thing that is there and must not be. `suspects` are files with a secret;
    /// `text` reads a file of the tree.
    func violations(
        _ manifest: Manifest, suspects: [String: String], text: (String) throws -> String
    ) throws -> [String] {
        var found: [String] = []
        for entry in manifest.entries {
            if let reason = Self.reason(entry) { found.append("'/\(entry.path)': \(reason)") }
            if let secret = suspects[entry.path] {
                found.append("'/\(entry.path)' holds \(secret)")
            }
            if own.contains("/" + entry.path) {
                found.append("'/\(entry.path)': the recipe says that it is absent")
            }
            if case .file = entry.kind, Self.addressFree.contains(where: entry.path.hasPrefix),
                let address = PrivateAddress.first(in: try text(entry.path))
            {
                found.append("'/\(entry.path)' holds the address \(address) of a machine")
            }
        }
        return found
    }

    private static func reason(_ entry: ManifestEntry) -> String? {
        if case .file(let size, _) = entry.kind, size > 0, empty.contains(entry.path) {
            return "must be empty: it is of one machine"
        }
        if let what = absent[entry.path] { return what }
        if entry.path.hasPrefix("etc/ssh/ssh_host_"), entry.path.contains("_key") {
            return "an ssh host key: every machine of this image would share it"
        }
        if entry.path.contains("/.aws/") { return "what a user left behind" }
        for (name, what) in absentFromHomes where entry.path.hasSuffix("/" + name) {
            return what
        }
        for (folder, what) in emptyFolders
        where entry.path.hasPrefix(folder + "/") && isContent(entry) {
            return what
        }
        return nil
    }

    private static func isContent(_ entry: ManifestEntry) -> Bool {
        if case .file = entry.kind { return true }
        return false
    }
}

/// IPv4 addresses of private networks (RFC 1918) and shared ones (RFC 6598).
enum PrivateAddress {
    /// The first in a text that stands for itself, not as part of a longer number. That of a
    /// network (`10.0.0.0/8`) names no machine.
    static func first(in text: String) -> String? {
        let words = text.utf8.split { !isPart($0) }
        for word in words {
            let parts = word.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
            let numbers = parts.compactMap { UInt8(String(decoding: $0, as: UTF8.self)) }
            guard parts.count == 4, numbers.count == 4, isPrivate(numbers) else { continue }
            let rest = text.utf8[word.endIndex...]
            let isNetwork =
                rest.first == UInt8(ascii: "/") && rest.dropFirst().first.map(isDigit) == true
            if !isNetwork { return String(decoding: word, as: UTF8.self) }
        }
        return nil
    }

    private static func isPart(_ byte: UInt8) -> Bool {
        isDigit(byte) || byte == UInt8(ascii: ".")
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

    private static func isPrivate(_ address: [UInt8]) -> Bool {
        switch (address[0], address[1]) {
        case (10, _), (192, 168), (172, 16...31), (100, 64...127): true
        default: false
        }
    }
}
