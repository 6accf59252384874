internal import FoundationEssentials
internal import Glibc

/// A line in the log of one of the lab's own programs, with the time, at once.
enum LogLine {
    @Sendable static func write(_ text: String) {
        let time = Timestamp.iso(Date().timeIntervalSince1970)
        let bytes = Array("\(time) \(text)\n".utf8)
        _ = Glibc.write(STDERR_FILENO, bytes, bytes.count)
    }
}
