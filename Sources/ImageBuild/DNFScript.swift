/// RPM systems by `dnf --installroot`.
struct DNFScript: Sendable {
    let bootstrap: DNFBootstrap
    /// Kept between builds: metadata and packages.
    let folder: String

    /// Installs into the tree at `$M`; nothing of the host's own dnf configuration counts.
    func install(_ packages: [String]) -> String {
        if packages.isEmpty { return "" }
        let words = packages.map(shellQuoted).joined(separator: " ")
        return """
            cat >$W/dnf.conf <<'END'
            [main]
            reposdir=/nonexistent
            pluginpath=/nonexistent
            install_weak_deps=False
            keepcache=True
            assumeyes=True
            tsflags=nodocs
            cachedir=\(folder)
            logdir=/var/log
            \(bootstrap.repositories.map(Self.section).joined(separator: "\n"))
            END
            dnf -q -c $W/dnf.conf --installroot=$M --releasever=\(shellQuoted(bootstrap.release)) \
                install \(words)

            """
    }

    private static func section(_ repository: DNFBootstrap.Repository) -> String {
        let key = repository.key.map { key in
            "gpgcheck=True\ngpgkey=\(key.hasPrefix("/") ? "file://" : "")\(key)"
        }
        return """
            [\(repository.id)]
            name=\(repository.id)
            baseurl=\(repository.baseURL)
            \(key ?? "gpgcheck=False")
            """
    }
}
