internal import ArgumentParser
internal import Glibc
internal import LocalCloud

struct LocalExec: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "exec", abstract: "Run a command inside a node.",
        discussion: """
            The command sees the node's network, host name, processes and mounts; the node's own \
            programs come first in its PATH, and it starts in the node's root folder.

            Example:
              howdah local exec slave-1 -- hdfs dfsadmin -report
            """)

    @OptionGroup var options: NodeOptions

    @Argument(parsing: .captureForPassthrough, help: "The command and its arguments.")
    var command: [String]

    func run() async throws {
        let words = command.first == "--" ? Array(command.dropFirst()) : command
        guard !words.isEmpty else { throw ValidationError("no command was given") }
        try NodeCommand.become(options.operations().command(in: options.node, words))
    }
}

struct LocalShell: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "shell", abstract: "Open a shell inside a node.",
        discussion: """
            Example:
              howdah local shell master
            """)

    @OptionGroup var options: NodeOptions

    func run() async throws {
        try NodeCommand.become(
            options.operations().command(
                in: options.node, ["/bin/sh", "-i"], isTerminal: true))
    }
}

struct LocalLogs: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "logs", abstract: "Print what a node, or a service of the lab, wrote.",
        discussion: """
            A booted container's journal of Howdah's units and daemons, or its console while it \
            has no power. Services are weed, moto, panel, hypervisor, forward and lxcfs.

            Example:
              howdah local logs slave-1
            """)

    @OptionGroup var options: NodeOptions

    @Flag(name: .shortAndLong, help: "Go on as more is written.")
    var follow = false

    func run() async throws {
        try NodeCommand.become(options.operations().log(options.node, follow: follow))
    }
}

struct LocalConsole: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "console", abstract: "Print what a node's console showed.",
        discussion: """
            A booted container's console has the boot's own words. Ctrl-C ends following it.

            Example:
              howdah local console slave-1 --follow
            """)

    @OptionGroup var options: NodeOptions

    @Flag(name: .shortAndLong, help: "Go on as more is shown.")
    var follow = false

    func run() async throws {
        try NodeCommand.become(options.operations().console(options.node, follow: follow))
    }
}

/// Replaces this program by another, which then has its terminal and gives its exit code.
enum NodeCommand {
    static func become(_ command: NodeCommandLine) throws {
        let words = ([command.executable] + command.arguments).map { strdup($0) } + [nil]
        let variables = command.environment.map { strdup("\($0)=\($1)") } + [nil]
        // The pool's threads block signals, and a program inherits that: Ctrl-C would do nothing.
        var signals = sigset_t()
        sigemptyset(&signals)
        pthread_sigmask(SIG_SETMASK, &signals, nil)
        execve(command.executable, words, variables)
        throw LabError("cannot start '\(command.executable)': error \(errno)")
    }
}
