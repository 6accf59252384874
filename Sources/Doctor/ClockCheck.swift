public import FoundationEssentials
internal import Transfer

/// This machine's clock beside those of others, who say theirs in the `Date` of each answer (RFC
/// 9110, section 6.6.1).
public enum ClockCheck {
    /// AWS refuses signatures that are this old or this young (IAM user guide, "Troubleshoot
    /// Signature Version 4"); S3 and the panel allow 15 minutes.
    public static let refused = 300.0
    /// A clock that is kept is much better than this; `Date` has whole seconds.
    public static let noticed = 5.0
    static let check = "clock"
    static let limits = TransferLimits(
        connect: .seconds(5), total: .seconds(10), stall: nil, maximumBody: 1 << 20)

    /// An answer whatever its status, with the moments before and after it.
    struct Reading: Sendable {
        var response: HTTPResponse
        var start: Date
        var end: Date
    }

    static func read(
        _ url: String, _ transfer: TransferClient, _ now: @Sendable () -> Date
    ) async throws -> Reading {
        let start = now()
        let response = try await transfer.send(HTTPRequest("GET", url), limits: limits)
        return Reading(response: response, start: start, end: now())
    }

    /// Nil where the answer has no time.
    static func finding(_ reading: Reading, from whom: String) -> Finding? {
        guard let text = reading.response.headers["date"], let date = HTTPDate.parse(text) else {
            return nil
        }
        return finding(
            theirs: date, ours: reading.start...reading.end, from: whom)
    }

    /// Deciding only. The clock was somewhere in `ours` when `theirs`, cut to seconds, was written.
    public static func finding(
        theirs: Date, ours: ClosedRange<Date>, from whom: String
    ) -> Finding {
        let ahead = ours.lowerBound.timeIntervalSince(theirs) - 1
        let behind = theirs.timeIntervalSince(ours.upperBound)
        let away = max(ahead, behind, 0)
        guard away >= noticed else { return .fine(check, "as that of \(whom), to some seconds") }
        let words = "\(Int(away.rounded())) s \(ahead > behind ? "ahead of" : "behind") \(whom)"
        return Finding(
            check, away >= refused ? .wrong : .warning, words,
            remedy: "run chronyd or systemd-timesyncd; on EC2 with server 169.254.169.123; "
                + "AWS refuses what is signed \(Int(refused)) s off")
    }
}

/// `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110, section 5.6.7, IMF-fixdate).
enum HTTPDate {
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    static func parse(_ text: String) -> Date? {
        let words = text.split(separator: " ")
        guard words.count == 6, words[5] == "GMT", let day = Int(words[1]),
            let month = months.firstIndex(of: String(words[2])), let year = Int(words[3]),
            (1970...9999).contains(year), (1...31).contains(day)
        else { return nil }
        let time = words[4].split(separator: ":").map { Int($0) ?? -1 }
        guard time.count == 3, (0..<24).contains(time[0]), (0..<60).contains(time[1]),
            (0...60).contains(time[2])
        else { return nil }
        // Days since 1970-01-01; years are counted from March.
        let shifted = month < 2 ? year - 1 : year
        let dayOfYear = (153 * ((month + 10) % 12) + 2) / 5 + day - 1
        let days =
            365 * shifted + shifted / 4 - shifted / 100 + shifted / 400 + dayOfYear - 719_468
        let seconds = time[0] * 3600 + time[1] * 60 + time[2]
        return Date(timeIntervalSince1970: Double(days * 86_400 + seconds))
    }
}
