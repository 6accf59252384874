internal import CRPM
internal import Synchronization

/// What librpm logs, kept instead of printed, so that errors can quote it.
enum RPMLog {
    /// Later lines are dropped: the first ones name the cause.
    static let maximumLines = 200
    private static let kept = Mutex<[String]>([])

    static func collect() {
        rpmlogSetCallback(
            { record, _ in
                if let message = rpmlogRecMessage(record) { RPMLog.keep(String(cString: message)) }
                return 0
            }, nil)
        // rpmSetVerbosity is a macro. At this level each signature and digest gets a line.
        rpmlogSetMask((1 << (Int32(bitPattern: RPMLOG_INFO.rawValue) + 1)) - 1)
    }

    static func clear() { kept.withLock { $0 = [] } }

    static func lines() -> [String] { kept.withLock { $0 } }

    private static func keep(_ message: String) {
        kept.withLock { kept in
            for line in message.split(separator: "\n") where kept.count < maximumLines {
                let trimmed = line.drop { $0 == " " || $0 == "\t" }
                if !trimmed.isEmpty { kept.append(String(trimmed)) }
            }
        }
    }
}
