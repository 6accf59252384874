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
        try NodeCommand.become(options, words, isTerminal: false)
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
        try NodeCommand.become(options, ["/bin/sh", "-i"], isTerminal: true)
    }
}

struct LocalLogs: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "logs", abstract: "Print what a node, or a service of the lab, wrote.",
        discussion: """
            Services are weed, moto, panel, hypervisor and forward.

            Example:
              howdah local logs slave-1
            """)

    @OptionGroup var options: NodeOptions

    @Flag(name: .shortAndLong, help: "Go on as more is written.")
    var follow = false

    func run() async throws {
        let path = try options.operations().log(options.node)
        let words = follow ? ["-n", "+1", "-F", path] : ["-n", "+1", path]
        try NodeCommand.replace("/usr/bin/tail", words, nil)
    }
}

/// Replaces this program by another, which then has its terminal and gives its exit code.
enum NodeCommand {
    static func become(_ options: NodeOptions, _ words: [String], isTerminal: Bool) throws {
        let command = try options.operations().command(
            in: options.node, words, isTerminal: isTerminal)
        try replace(command.executable, command.arguments, command.environment)
    }

    static func replace(
        _ executable: String, _ arguments: [String], _ environment: [String: String]?
    ) throws {
        let words = ([executable] + arguments).map { strdup($0) } + [nil]
        if let environment {
            execve(executable, words, environment.map { strdup("\($0)=\($1)") } + [nil])
        } else {
            execv(executable, words)
        }
        throw LabError("cannot start '\(executable)': error \(errno)")
    }
}
