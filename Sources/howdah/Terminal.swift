internal import FoundationEssentials
internal import Glibc

/// What the program writes: results on standard output, everything else on standard error.
enum Terminal {
    static func error(_ message: String) { errorLine("howdah: \(message)") }

    /// A line on standard error as it is.
    static func errorLine(_ line: String) {
        let bytes = Array("\(line)\n".utf8)
        _ = write(STDERR_FILENO, bytes, bytes.count)
    }

    /// Whether somebody watches standard error.
    static var isWatched: Bool { isatty(STDERR_FILENO) == 1 }

    /// Shown only where somebody watches.
    static func progress(_ message: String) {
        if isWatched { error(message) }
    }

    /// Replaces the line that is being watched.
    static func overwrite(_ text: String) {
        let line = Array("\r\u{1b}[K\(text)".utf8)
        _ = write(STDERR_FILENO, line, line.count)
    }

    static func printJSON(_ value: some Encodable) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        print(String(decoding: try encoder.encode(value), as: UTF8.self))
    }
}

/// A path as the user wrote it, made absolute, without `.` and `..`.
func absolutePath(_ path: String) -> String {
    let start = path.hasPrefix("/") ? "" : FileManager.default.currentDirectoryPath
    var parts: [Substring] = []
    for part in (start + "/" + path).split(separator: "/") where part != "." {
        if part == ".." {
            _ = parts.popLast()
        } else {
            parts.append(part)
        }
    }
    return "/" + parts.joined(separator: "/")
}
