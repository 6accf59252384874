internal import CLinux
internal import Glibc
internal import Host

/// Takes out of a new layer what tools leave behind them, and makes one what differs from build to
/// build.
struct Tidy: Sendable {
    /// Folders whose content goes.
    static let emptied = [
        "dev", "proc", "sys", "run", "tmp", "var/tmp", "var/cache/apt", "var/lib/apt/lists",
        "var/cache/dnf", "var/lib/dnf", "root/.cache", "var/cache/ldconfig",
    ]
    /// Files that go.
    static let removed = [
        "etc/passwd-", "etc/group-", "etc/shadow-", "etc/gshadow-", "etc/subuid-", "etc/subgid-",
        "etc/.pwd.lock", "etc/hostname", "usr/sbin/policy-rc.d", "root/.bash_history",
        "var/lib/dbus/machine-id", "var/lib/systemd/random-seed", "var/lib/dpkg/lock",
        "var/lib/dpkg/lock-frontend", "var/lib/dpkg/triggers/Lock", "var/lib/dpkg/status-old",
        "var/lib/dpkg/diversions-old", "var/lib/dpkg/statoverride-old",
        "var/cache/debconf/config.dat-old", "var/cache/debconf/templates.dat-old",
    ]
    /// Files that stay, empty: systemd takes an empty machine-id for a first boot.
    static let blanked = ["etc/machine-id", "etc/resolv.conf"]
    static let keystore = "etc/ssl/certs/java/cacerts"
    /// The password of Java's own trust store, which everyone knows.
    static let keystorePassword = "changeit"
    static let day = 86400

    let tree: String
    let epoch: Int
    /// Paths that the recipe itself puts there, without their leading slash.
    var kept: Set<String> = []

    /// After tools ran in the tree.
    func clean() throws {
        for path in Self.emptied where isRealDirectory(path) {
            for name in try Files().list("\(tree)/\(path)") {
                try Files().removeTree("\(tree)/\(path)/\(name)")
            }
        }
        for path in Self.removed where !kept.contains(path) && isRealFile(path) {
            try Files().remove("\(tree)/\(path)")
        }
        for path in Self.blanked where !kept.contains(path) && isRealFile(path) {
            guard truncate("\(tree)/\(path)", 0) == 0 else {
                throw FileError("empty", path, code: errno)
            }
        }
        if isRealDirectory("var/log") { try removeFiles(below: "var/log") }
        if isRealFile(Self.keystore) { try normaliseKeystore() }
        if isRealFile("etc/shadow") { try clampShadow() }
    }

    /// No time after the epoch is left.
    func clampTimes() throws { try clampTimes(tree) }

    private func removeFiles(below folder: String) throws {
        for name in try Files().list("\(tree)/\(folder)") {
            let path = "\(folder)/\(name)"
            if isRealDirectory(path) {
                try removeFiles(below: path)
            } else if isRealFile(path), !kept.contains(path) {
                try Files().remove("\(tree)/\(path)")
            }
        }
    }

    private func normaliseKeystore() throws {
        let path = "\(tree)/\(Self.keystore)"
        let old = try Files().read(path)
        let new = JavaKeystore.normalised(old, epoch: epoch, password: Self.keystorePassword)
        if let new { try Files().write(new, to: path) }
    }

    private func clampShadow() throws {
        let path = "\(tree)/etc/shadow"
        let text = try Files().text(path)
        try Files().writeIfChanged(
            Accounts.clampedShadow(text, day: epoch / Self.day), to: path)
    }

    private func clampTimes(_ path: String) throws {
        var status = stat()
        guard lstat(path, &status) == 0 else { throw FileError("stat", path, code: errno) }
        if status.st_mode & S_IFMT == S_IFDIR {
            for name in try Files().list(path) { try clampTimes("\(path)/\(name)") }
        }
        if status.st_mtim.tv_sec >= epoch {
            let time = timespec(tv_sec: epoch, tv_nsec: 0)
            guard utimensat(AT_FDCWD, path, [time, time], AT_SYMLINK_NOFOLLOW) == 0 else {
                throw FileError("set the time of", path, code: errno)
            }
        }
    }

    private func isRealFile(_ path: String) -> Bool { type(of: path) == S_IFREG }

    private func isRealDirectory(_ path: String) -> Bool { type(of: path) == S_IFDIR }

    /// Nil where a part of the path is missing or a link, which could lead out of the tree.
    private func type(of path: String) -> UInt32? {
        var full = tree
        var status = stat()
        var type: UInt32 = S_IFDIR
        for part in path.split(separator: "/") {
            full += "/" + part
            guard type == S_IFDIR, lstat(full, &status) == 0 else { return nil }
            type = status.st_mode & S_IFMT
        }
        return type
    }
}
