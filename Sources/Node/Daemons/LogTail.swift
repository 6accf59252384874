internal import Glibc

/// What a daemon's log gets from now on: its end, for the error line.
struct LogTail: Sendable {
    static let maximumBytes = 4096
    static let maximumLines = 2

    let path: String
    private let start: Int

    init(_ path: String) {
        self.path = path
        var status = stat()
        start = stat(path, &status) == 0 ? Int(status.st_size) : 0
    }

    /// The last lines, and where there are more.
    var text: String { textIfAny ?? "it said nothing; see '\(path)'" }

    /// Nil if there are none.
    var textIfAny: String? {
        let lines = String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline)
            .suffix(Self.maximumLines)
        return lines.isEmpty ? nil : "\(lines.joined(separator: " | ")); see '\(path)'"
    }

    private var bytes: [UInt8] {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return [] }
        defer { close(file) }
        var status = stat()
        guard fstat(file, &status) == 0 else { return [] }
        let from = max(start, Int(status.st_size) - Self.maximumBytes)
        var buffer = [UInt8](repeating: 0, count: Self.maximumBytes)
        let count = pread(file, &buffer, buffer.count, from)
        return Array(buffer.prefix(max(0, count)))
    }
}
