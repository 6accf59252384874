internal import Host

extension ContainerInstance {
    static let path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

    /// Run by the instance's own systemd: a process that only entered its namespaces would have
    /// this machine's rights and be in none of its control groups.
    func command(_ words: [String], isTerminal: Bool) throws -> NodeCommandLine {
        try enter(
            [
                "systemd-run", "--quiet", "--collect", "--wait",
                isTerminal ? "--pty" : "--pipe",
                "--property=EnvironmentFile=-/etc/howdah/environment", "--setenv=HOME=/root",
                "--setenv=PATH=\(Self.path)", "--setenv=TERM=\(ProcessEnvironment.terminal)",
                "--working-directory=/", "--",
            ] + words)
    }

    /// Runs a program of the instance inside, as this machine's root.
    func enter(_ words: [String]) throws -> NodeCommandLine {
        guard let first = firstProcess() else { throw LabError.powerless(try record.name) }
        let command = [site.tools.nsenter, "--target", String(first.pid), "--all", "--"] + words
        return NodeCommandLine(
            command, environment: ["PATH": Self.path, "TERM": ProcessEnvironment.terminal])
    }
}
