import Support

/// What a boot made of a node: every file outside of what a boot is free to write anew, and the
/// outcome of its steps. What names the one instance is replaced by what it stands for.
struct NodeTree: Sendable, Equatable {
    /// A line a file: path, kind, mode, owner, and the content's digest or the link's target.
    var files: [String]
    /// The lines of the files that name the instance, with what is its own replaced.
    var words: [String]
    var packages: [String]
    var mounts: [String]
    var outcome: String
    var daemons: [String]

    /// Times and numbers of one boot, logs, what systemd keeps for itself, downloads, and librpm's
    /// database, whose packages are compared instead.
    static let free = [
        "/var/log", "/var/lib/systemd", "/var/lib/rpm", "/var/lib/dbus", "/var/tmp",
        "/etc/machine-id", "/var/cache/ldconfig", "/etc/.updated", "/var/.updated",
        "/etc/resolv.conf",
    ]

    /// Files whose content names the instance or its volume.
    static let own = ["/etc/hosts", "/etc/hostname", "/etc/fstab", "/etc/tally/node.txt"]

    /// Printed by the node: files that came after the image's, with digests; then mounts, units.
    static func script(epoch: Int) -> String {
        """
        set -u
        find /etc /opt /srv /usr /var /root /home /data -xdev -newermt @\(epoch) \
          -printf '%p|%y|%m|%U:%G|%l\\n' | sort
        echo ---
        find /etc /opt /srv /usr /var /root /home /data -xdev -type f -newermt @\(epoch) \
          -print0 | xargs -0r sha256sum
        echo ---
        awk '$2 == "/data" { print $2, $3 }' /proc/mounts
        echo ---
        for file in \(own.joined(separator: " ")); do sed "s|^|$file: |" "$file"; done
        echo ---
        for unit in boot agent tally; do
          systemctl show -p ActiveState,SubState,NRestarts "howdah-$unit.service" |
            sort | paste -sd' '
        done
        """
    }

    /// Whether a temporary file of an atomic write is there.
    var hasUnfinishedWrites: Bool {
        files.contains { $0.prefix { $0 != "|" }.contains(".howdah-") }
    }

    /// Compares line by line; empty where both are the same.
    func differences(from other: NodeTree) -> [String] {
        func compare(_ what: String, _ mine: [String], _ theirs: [String]) -> [String] {
            let (mine, theirs) = (Set(mine), Set(theirs))
            return mine.subtracting(theirs).sorted().map { "\(what) only after the cut: \($0)" }
                + theirs.subtracting(mine).sorted().map { "\(what) missing: \($0)" }
        }
        return compare("file", files, other.files) + compare("line", words, other.words)
            + compare("package", packages, other.packages)
            + compare("mount", mounts, other.mounts) + compare("daemon", daemons, other.daemons)
            + (outcome == other.outcome ? [] : ["outcome \(outcome), not \(other.outcome)"])
    }
}

extension NodeTree {
    /// Reads what ``script(epoch:)`` printed. `names` maps what is the instance's own, whole words,
    /// to what it stands for.
    init(
        printed: String, packages: [String], outcome: String, names: [(String, String)]
    ) throws {
        let patterns = try names.map { name, word in
            (try Regex("\\b" + name.replacing(".", with: "\\.") + "\\b"), word)
        }
        let parts = printed.split(separator: "---\n", omittingEmptySubsequences: false)
            .map { $0.split(separator: "\n").map(String.init) }
        func neutral(_ line: String) -> String {
            patterns.reduce(line) { text, name in text.replacing(name.0, with: name.1) }
                .replacing(/UUID=[0-9a-f-]{36}/, with: "UUID=FS")
        }
        func counts(_ path: Substring) -> Bool {
            !Self.free.contains { path == $0 || path.hasPrefix($0 + "/") }
        }
        let digests = Dictionary(
            (parts.count > 1 ? parts[1] : []).map { line in
                (String(line.dropFirst(66)), String(line.prefix(16)))
            }, uniquingKeysWith: { first, _ in first })
        files = (parts.first ?? []).compactMap { line in
            let path = line.prefix { $0 != "|" }
            guard counts(path), path != "/var", path != "/etc" else { return nil }
            let digest = Self.isOwn(path) ? "" : digests[String(path)] ?? ""
            return neutral(line) + " " + digest
        }
        func part(_ index: Int) -> [String] { index < parts.count ? parts[index] : [] }
        mounts = part(2)
        // Other nodes come and go while the tests run.
        words = part(3).map(neutral).filter { $0.firstMatch(of: /slave-\d/) == nil }
        daemons = part(4).filter { !$0.isEmpty }
        self.packages = packages.sorted()
        self.outcome = outcome
    }

    /// Files whose content is another for each instance or boot: that they are there, and whose
    /// they are, is compared.
    static func isOwn(_ path: Substring) -> Bool {
        own.contains(String(path)) || path.hasPrefix("/var/lib/howdah/")
            || path.hasPrefix("/var/cache/")
    }
}
