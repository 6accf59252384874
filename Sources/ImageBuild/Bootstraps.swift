/// The scripts that make a lowest layer in `$W/tree`.
enum BootstrapScript {
    /// What mmdebstrap installs by itself.
    static let debianOwn = ["?essential", "?priority(required)"]

    /// From the repository in `$W/repo`, without a network.
    static func debian(_ debian: DebianBootstrap) -> String {
        let include =
            debian.packages.isEmpty
            ? "" : " --include=" + shellQuoted(debian.packages.joined(separator: ","))
        let excludes = debian.exclude.map { " --dpkgopt=" + shellQuoted("path-exclude=\($0)") }
        return """
            export DPKG_FORCE=unsafe-io
            mmdebstrap --quiet --mode=root --variant=minbase --format=directory \
                --skip=cleanup/apt/lists --setup-hook='mkdir -p "$1/usr/share/man/man1"' \
                --aptopt='APT::Install-Recommends "false"'\(excludes.joined())\(include) \
                \(shellQuoted(debian.suite)) $W/tree "deb [trusted=yes] copy:$W/repo ./"
            T=$W/tree/etc
            rm -f $T/hostname $T/apt/apt.conf.d/99mmdebstrap $T/dpkg/dpkg.cfg.d/99mmdebstrap
            : >$T/resolv.conf; chmod 644 $T/resolv.conf
            cat >$T/apt/sources.list <<'END'
            \(debian.sources.joined(separator: "\n"))
            END
            cat >$T/dpkg/dpkg.cfg.d/howdah <<'END'
            # What this image leaves out of every package.
            \(debian.exclude.map { "path-exclude=\($0)" }.joined(separator: "\n"))
            END

            """
    }

    static func folder(_ path: String) -> String {
        "cp -a --no-target-directory \(shellQuoted(path)) $W/tree\n"
    }

    static func tar(_ path: String) -> String {
        """
        tar -C $W/tree --numeric-owner --xattrs --xattrs-include='*' -xpf \(shellQuoted(path))

        """
    }
}
