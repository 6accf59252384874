internal import Glibc
internal import Host

/// What a system that is not made of RPM packages (Debian, Alpine) provides all the same, as far as
/// one look can tell: programs, glibc with its versions, a Java runtime.
///
/// Where RPM rules the system its database knows, and an empty root provides nothing.
struct AssumedCapabilities: Sendable {
    /// Databases of other package managers.
    static let foreignDatabases = ["/var/lib/dpkg/status", "/lib/apk/db/installed"]
    /// Files that packages commonly require.
    static let programs = [
        "/bin/sh", "/usr/bin/sh", "/bin/bash", "/usr/bin/bash", "/usr/bin/env", "/usr/bin/perl",
        "/usr/bin/python3", "/sbin/ldconfig", "/usr/sbin/ldconfig", "/usr/sbin/useradd",
        "/usr/sbin/groupadd", "/usr/bin/getent", "/usr/bin/id", "/usr/bin/systemctl",
    ]
    /// Packages whose name stands for a program.
    static let packages = [
        "bash": "/bin/bash", "coreutils": "/usr/bin/env", "shadow-utils": "/usr/sbin/useradd",
        "systemd": "/usr/lib/systemd/systemd", "glibc-common": "/usr/bin/getent",
        "python3": "/usr/bin/python3", "perl": "/usr/bin/perl", "openssl": "/usr/bin/openssl",
        "curl": "/usr/bin/curl", "tar": "/bin/tar", "gzip": "/bin/gzip", "which": "/usr/bin/which",
    ]

    private let files: Files
    private let isRunningSystem: Bool

    init(root: String) {
        files = Files(root: root)
        isRunningSystem = root == "/"
    }

    var found: [String] {
        guard Self.foreignDatabases.contains(where: files.exists) else { return [] }
        var found = Self.programs.filter(files.exists)
        found += Self.packages.filter { files.exists($0.value) }.keys.sorted()
        found += javaCapabilities
        if isRunningSystem { found += Self.glibc(version: Self.ownGlibc) }
        return found
    }

    /// By what a Java runtime says in its `release` file.
    private var javaCapabilities: [String] {
        let homes = ((try? files.list("/usr/lib/jvm")) ?? []).map { "/usr/lib/jvm/\($0)" }
        for home in homes where files.exists("\(home)/bin/java") {
            guard let text = try? files.textIfPresent("\(home)/release"),
                let version = Self.javaVersion(text)
            else { continue }
            return ["java-headless", "jre-headless", "java", "jre"].map { "\($0) = 1:\(version)" }
        }
        return []
    }

    /// confstr(3) says `glibc 2.36`.
    private static var ownGlibc: String {
        var text = [CChar](repeating: 0, count: 64)
        let length = confstr(Int32(_CS_GNU_LIBC_VERSION), &text, text.count)
        let words = String(
            decoding: text.prefix(max(0, length - 1)).map { UInt8($0) }, as: UTF8.self)
        return words.split(separator: " ").last.map(String.init) ?? ""
    }

    static func javaVersion(_ release: String) -> String? {
        let key = "JAVA_VERSION="
        return release.split(separator: "\n").first { $0.hasPrefix(key) }.map {
            $0.dropFirst(key.count).filter { $0 != "\"" }
        }
    }

    /// What packages require of a glibc of this version: each symbol version up to it, by name.
    static func glibc(version: String) -> [String] {
        let parts = version.split(separator: ".").compactMap { Int($0) }
        guard parts.count >= 2, parts[0] == 2, (2...200).contains(parts[1]) else { return [] }
        let early = ["2.2.5", "2.3", "2.3.2", "2.3.3", "2.3.4"]
        let versions = early + (4...max(4, parts[1])).map { "2.\($0)" }
        let libraries = [
            "libc.so.6", "libm.so.6", "libpthread.so.0", "libdl.so.2", "librt.so.1", "libutil.so.1",
            "libresolv.so.2",
        ]
        return ["rtld(GNU_HASH)", "glibc"]
            + libraries.flatMap { library in
                ["\(library)()(64bit)"] + versions.map { "\(library)(GLIBC_\($0))(64bit)" }
            }
    }
}
