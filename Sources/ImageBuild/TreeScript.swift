/// Pieces of the scripts that run in a ``Sandbox``: host's tools work on `$M`, the tree; `inside`
/// runs a command in it.
enum TreeScript {
    /// Mounts the layers below with `work/tree` above them, or `work/tree` alone, and in it what
    /// programs expect to find. Nothing of it is seen outside the sandbox.
    static func mount(layers: [String]) -> String {
        let overlay = """
            mkdir -p $W/mnt; rm -rf $W/overlay; mkdir $W/overlay
            mount -t overlay howdah -o "lowerdir=\(layers.reversed().joined(separator: ":")),\
            upperdir=$W/tree,workdir=$W/overlay,redirect_dir=off,index=off,metacopy=off,xino=off,\
            volatile" $M

            """
        return "M=$W/mnt\n"
            + (layers.isEmpty ? "mkdir -p $M; mount --bind $W/tree $M\n" : overlay) + surroundings
    }

    /// Mounts a finished tree that cannot be changed.
    static func mountReadOnly(_ tree: String) -> String {
        """
        M=$W/mnt; mkdir -p $M
        mount --bind \(shellQuoted(tree)) $M; mount -o remount,bind,ro $M

        """ + surroundings
    }

    /// A folder that the tree lacks is not made.
    private static let surroundings = """
        [ ! -d $M/proc ] || mount -t proc proc $M/proc
        [ ! -d $M/sys ] || mount -t tmpfs -o mode=755 sys $M/sys
        [ ! -d $M/run ] || mount -t tmpfs -o mode=755 run $M/run
        [ ! -d $M/tmp ] || mount -t tmpfs -o mode=1777 tmp $M/tmp
        if [ -d $M/dev ]; then
            mount -t tmpfs -o mode=755 dev $M/dev
            for n in null zero full random urandom; do
                : >$M/dev/$n; mount --bind /dev/$n $M/dev/$n
            done
            ln -s /proc/self/fd $M/dev/fd; ln -s fd/0 $M/dev/stdin
            ln -s fd/1 $M/dev/stdout; ln -s fd/2 $M/dev/stderr; mkdir $M/dev/shm
        fi
        inside() {
            env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C \
                HOME=/root TERM=dumb DEBIAN_FRONTEND=noninteractive DPKG_FORCE=unsafe-io \
                SOURCE_DATE_EPOCH="${SOURCE_DATE_EPOCH:-0}" chroot $M "$@"
        }

        """

    /// Installs packages of the repository in `$W/repo`, without a network. apt is the host's: the
    /// tree needs dpkg alone.
    static func installDebian(_ packages: [String]) -> String {
        """
        R=$M/run/howdah
        mkdir -p $R/lists/partial $R/cache/archives/partial $R/repo $M/var/lib/apt \
            $R/empty/apt.conf.d $R/empty/preferences.d $R/log
        # apt would ask dpkg, which we call by another name below.
        architecture=$(dpkg --print-architecture)
        mount --bind $W/repo $R/repo
        echo "deb [trusted=yes] copy:$R/repo ./" >$R/sources.list
        cat >$R/apt.conf <<END
        Dir::Etc "$R/empty";
        Dir::Etc::sourcelist "$R/sources.list";
        Dir::Etc::sourceparts "/dev/null";
        Dir::State "$M/var/lib/apt";
        Dir::State::lists "$R/lists";
        Dir::State::status "$M/var/lib/dpkg/status";
        Dir::Cache "$R/cache";
        Dir::Log "$R/log";
        APT::Architecture "$architecture";
        APT::Architectures {"$architecture"};
        Dir::Bin::dpkg "env";
        DPkg::Options {"--unset=TMPDIR"; "--unset=APT_CONFIG"; "dpkg"};
        DPkg::Chroot-Directory "$M";
        DPkg::Use-Pty "false";
        APT::Install-Recommends "false";
        APT::Sandbox::User "root";
        Acquire::Languages "none";
        END
        printf '#!/bin/sh\nexit 101\n' >$M/usr/sbin/policy-rc.d
        chmod 755 $M/usr/sbin/policy-rc.d
        export APT_CONFIG=$R/apt.conf DEBIAN_FRONTEND=noninteractive DPKG_FORCE=unsafe-io
        apt-get -qq update
        apt-get -qq -y install \(packages.map(shellQuoted).joined(separator: " "))
        unset APT_CONFIG
        rm -f $M/usr/sbin/policy-rc.d

        """
    }

    /// Puts what is staged in `$W/stage` into the tree. Folders that are there keep their owners
    /// and modes, and links to folders stay links.
    static let unpackStage = """
        tar -C $W/stage --xattrs -cf - . | tar -C $M --numeric-owner --no-overwrite-dir \
            --keep-directory-symlink --xattrs --delay-directory-restore -xpf -

        """

    /// Patterns are expanded, so nothing but a blank or quote is taken literally.
    static func remove(_ patterns: [String]) -> String {
        patterns.map { pattern in
            let safe = pattern.map { "*?[]".contains($0) ? String($0) : shellEscaped($0) }
            return "rm -rf -- $M\(safe.joined())\n"
        }.joined()
    }

    private static func shellEscaped(_ character: Character) -> String {
        character.isLetter || character.isNumber || "/._-".contains(character)
            ? String(character) : "\\\(character)"
    }

    static func units(_ units: RecipeUnits) -> String {
        [("enable", units.enable), ("disable", units.disable), ("mask", units.mask)]
            .filter { !$0.1.isEmpty }
            .map { verb, names in
                let words = names.map(shellQuoted).joined(separator: " ")
                return "systemctl --quiet --root=$M \(verb) \(words)\n"
            }.joined()
    }

    static func commands(_ commands: [String]) -> String {
        commands.map { command in
            "echo \(shellQuoted("+ " + command))\ninside /bin/sh -eu -c \(shellQuoted(command))\n"
        }.joined()
    }
}
