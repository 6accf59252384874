internal import FoundationEssentials
internal import Glibc

/// What the program writes: results on standard output, everything else on standard error.
enum Terminal {
    static func error(_ message: String) {
        let line = Array("howdah: \(message)\n".utf8)
        _ = write(STDERR_FILENO, line, line.count)
    }

    /// Shown only where somebody watches.
    static func progress(_ message: String) {
        if isatty(STDERR_FILENO) == 1 { error(message) }
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
