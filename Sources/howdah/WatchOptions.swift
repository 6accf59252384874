internal import ArgumentParser
internal import Glibc

/// How a result is printed: as lines or as JSON, once or again and again.
struct WatchOptions: ParsableArguments {
    /// Between two looks of `--watch`.
    static let interval = Duration.seconds(2)

    @Flag(help: "Print JSON.")
    var json = false

    @Flag(help: "Print again every two seconds until interrupted.")
    var watch = false

    func show<Value: Encodable>(
        _ look: () async throws -> Value, lines: (Value) -> [String]
    ) async throws {
        repeat {
            let value = try await look()
            if json {
                try Terminal.printJSON(value)
            } else {
                // Home and clear: a watcher sees one table, a file or a pipe all of them.
                if watch, isatty(STDOUT_FILENO) == 1 { print("\u{1B}[H\u{1B}[2J", terminator: "") }
                for line in lines(value) { print(line) }
            }
            fflush(nil)
            if watch { try await Task.sleep(for: Self.interval) }
        } while watch
    }
}
