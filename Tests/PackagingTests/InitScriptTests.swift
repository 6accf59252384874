import Support
import Testing

/// The init script, in a machine whose first process is no systemd. A script stands for the
/// program: it writes down how it was called, and its boot leaves a daemon. Needs root and a tree.
@Suite(.enabled(if: ContainerTree.whyNot == nil)) struct InitScriptTests {
    static let program = """
        #!/bin/sh
        echo "$1" >>/calls
        case $1 in
        boot) [ -e /daemon ] || { setsid sleep 5000 >/dev/null 2>&1 9>&- & echo $! >/daemon; } ;;
        agent) exec sleep 4000 ;;
        status) exit 1 ;;
        esac

        """

    static let script = """
        calls() { until [ "$(grep -c "$1" /calls)" -ge "$2" ]; do sleep 0.1; done; }
        init=/etc/init.d/howdah-boot
        test ! -e /run/systemd/system || exit 90
        $init stop && $init stop || exit 91
        $init start && $init start || exit 92
        calls agent 1
        $init status; [ $? = 3 ] || exit 93
        $init stop || exit 94
        # The daemon outlives that, the agent does not.
        kill -0 "$(cat /daemon)" || exit 95
        [ "$(pidof sleep)" = "$(cat /daemon)" ] || exit 97
        $init restart || exit 98
        calls agent 2
        $init nonsense; [ $? = 2 ] || exit 99
        grep -v status /calls

        """

    @Test func `it starts boot and agent once, and its stop leaves the daemons`() async throws {
        try await withTemporaryDirectory { folder in
            for name in ["upper", "work", "root"] {
                try await Command.run("mkdir", ["\(folder)/\(name)"])
            }
            let upper = folder + "/upper"
            for (source, path) in [
                ("sysv/howdah-boot", "/etc/init.d/howdah-boot"), ("start", "/usr/lib/howdah/start"),
            ] {
                try await Command.run(
                    "install",
                    ["-D", "-m", "755", "\(Checkout.root)/packaging/\(source)", upper + path])
            }
            try await Command.run("mkdir", ["-p", upper + "/usr/bin"])
            try writeFile(upper + "/usr/bin/howdah-node", Array(Self.program.utf8))
            try writeFile(upper + "/script", Array(Self.script.utf8))
            try await Command.run("chmod", ["755", upper + "/usr/bin/howdah-node"])
            let result = try await Self.run(try await ContainerTree.base.path(), folder)
            #expect(result.exitCode == 0, "\(result.errors)")
            #expect(result.output == "boot\nagent\nboot\nagent\n")
        }
    }

    /// All that it leaves ends with the container, whose first process is nspawn's own.
    private static func run(_ tree: String, _ folder: String) async throws -> Command.Output {
        let script = """
            mount -t overlay overlay -o "lowerdir=$1,upperdir=$2/upper,workdir=$2/work" "$2/root" &&
            exec timeout 300 systemd-nspawn --quiet --directory="$2/root" --machine="${2##*/}" \
              --register=no --keep-unit --as-pid2 --pipe --resolv-conf=off --timezone=off \
              /bin/sh /script
            """
        return try await Command.run(
            "unshare",
            [
                "--mount", "--net", "--propagation", "private", "sh", "-c", script, "sh", tree,
                folder,
            ],
            mayFail: true)
    }
}
