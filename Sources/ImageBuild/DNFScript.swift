/// RPM systems by `dnf --installroot`.
struct DNFScript: Sendable {
    let bootstrap: DNFBootstrap
    /// Kept between builds: metadata and packages.
    let folder: String

    /// Where EL's own rpm has its database; Debian's would take `/root/.rpmdb`.
    static let database = "/var/lib/rpm"

    /// Gets and installs packages into the tree at `$M`. The database is written anew, so that it
    /// does not tell in which order pages of it were used: beside the tree, since rpm replaces the
    /// whole folder, and overlayfs renames none that a lower layer has.
    func install(_ packages: [String]) -> String {
        configuration + command("install", packages) + """
            D=$M\(Self.database)
            cp -a $D $W/database
            rpmdb --define "_dbpath $W/database" --rebuilddb
            cp $W/database/rpmdb.sqlite $D/rpmdb.sqlite
            rm -f $D/rpmdb.sqlite-shm $D/rpmdb.sqlite-wal $D/.rpm.lock
            [ ! -s $W/database/rpmdb.sqlite-wal ] ||
                cp $W/database/rpmdb.sqlite-wal $D/rpmdb.sqlite-wal

            """
    }

    private func command(_ verb: String, _ packages: [String]) -> String {
        """
        dnf -q -c $W/dnf.conf --installroot=$M --releasever=\(shellQuoted(bootstrap.release)) \
            \(verb) \(packages.map(shellQuoted).joined(separator: " "))

        """
    }

    /// Nothing of the host's own configuration counts.
    private var configuration: String {
        """
        mkdir -p $W/home; export HOME=$W/home
        echo '%_dbpath \(Self.database)' >$HOME/.rpmmacros
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
