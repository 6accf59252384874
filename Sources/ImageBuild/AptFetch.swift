internal import Host

/// Gets Debian packages and what they need into a folder that is kept, and makes a repository of
/// them that needs no network.
struct AptFetch: Sendable {
    static let keyring = "/usr/share/keyrings/debian-archive-keyring.gpg"

    /// Kept between builds: lists and package files.
    let folder: String
    let suite: String
    let sources: [String]
    /// Ask the repositories anew even where their lists are kept.
    var refreshes = false

    /// The script that puts the package files that `packages` need above what `status` (a dpkg
    /// status file, empty for an empty system) says into `$W/repo`.
    func script(_ packages: [String], status: String) -> String {
        let words = packages.map(shellQuoted).joined(separator: " ")
        let folder = shellQuoted(folder)
        return """
            A=\(folder)
            # Builds with caches of their own may share the packages.
            exec 8>$A/lock; flock 8
            mkdir -p $A/lists/partial $A/archives/partial $W/apt/etc/apt.conf.d \
                $W/apt/etc/preferences.d $W/apt/cache $W/apt/log $W/apt/state $W/repo
            cat >$W/apt/sources.list <<'END'
            \(signedSources.joined(separator: "\n"))
            END
            cat >$W/apt/apt.conf <<END
            Dir::Etc "$W/apt/etc";
            Dir::Etc::sourcelist "$W/apt/sources.list";
            Dir::Etc::sourceparts "/dev/null";
            Dir::Etc::trustedparts "/dev/null";
            Dir::State "$W/apt/state";
            Dir::State::lists "$A/lists";
            Dir::State::status "\(status)";
            Dir::Cache "$W/apt/cache";
            Dir::Cache::archives "$A/archives";
            Dir::Log "$W/apt/log";
            APT::Install-Recommends "false";
            APT::Sandbox::User "root";
            Acquire::Languages "none";
            Acquire::Retries "3";
            END
            export APT_CONFIG=$W/apt/apt.conf
            ask() {
                apt-get -qq update &&
                    cp $W/apt/sources.list $A/sources.list.new &&
                    mv $A/sources.list.new $A/sources.list
            }
            # Packages that are in its archives it does not name: all, with archives that are empty.
            mkdir -p $W/apt/none/partial
            fetch() {
                apt-get -qq -y -o Dir::Cache::archives=$W/apt/none --print-uris install \(words) \
                    >$W/apt/uris &&
                    apt-get -qq -y --download-only install \(words)
            }
            if [ -n "\(refreshes ? "yes" : "")" ] || ! cmp -s $W/apt/sources.list $A/sources.list
            then
                ask
                fetch
            elif ! fetch; then
                # What an update replaced is gone from the mirror: the kept lists name it still.
                echo "asking for new lists: with the kept ones it failed"
                ask
                fetch
            fi
            while read -r _ file _; do ln $A/archives/$file $W/repo/ 2>/dev/null ||
                cp $A/archives/$file $W/repo/; done <$W/apt/uris

            """ + Self.index(suite: suite)
    }

    /// A source without options of its own is checked with Debian's keys.
    private var signedSources: [String] {
        sources.map { line in
            guard line.hasPrefix("deb "), !line.hasPrefix("deb [") else { return line }
            return "deb [signed-by=\(Self.keyring)] " + line.dropFirst(4)
        }
    }

    /// The index and Release file of `$W/repo`. apt checked the packages when it got them.
    private static func index(suite: String) -> String {
        """
        cd $W/repo
        for f in *.deb; do
            [ -e "$f" ] || continue
            dpkg-deb -f "$f"
            echo "Filename: ./$f"
            echo "Size: $(stat -c %s "$f")"
            echo "SHA256: $(sha256sum "$f" | cut -d' ' -f1)"
            echo
        done >Packages
        cat >Release <<END
        Suite: \(suite)
        Codename: \(suite)
        Architectures: $(dpkg --print-architecture)
        Date: Thu, 01 Jan 1970 00:00:00 UTC
        SHA256:
         $(sha256sum Packages | cut -d' ' -f1) $(stat -c %s Packages) Packages
        END
        cd /

        """
    }
}
