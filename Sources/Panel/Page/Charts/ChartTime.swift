/// Times as the page writes them: UTC, so that two people who look at it speak of the same moment.
enum ChartTime {
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    /// `14:05`.
    static func clock(_ at: Double) -> String {
        let parts = Parts(at)
        return "\(two(parts.hour)):\(two(parts.minute))"
    }

    /// `22 Nov`.
    static func day(_ at: Double) -> String {
        let parts = Parts(at)
        return "\(parts.day) \(months[parts.month - 1])"
    }

    /// `2026-11-22T14:05:09Z` (RFC 3339).
    static func stamp(_ at: Double) -> String {
        let parts = Parts(at)
        return "\(parts.year)-\(two(parts.month))-\(two(parts.day))"
            + "T\(two(parts.hour)):\(two(parts.minute)):\(two(parts.second))Z"
    }

    /// `22 Nov 14:05:09` for people, the stamp for programs.
    static func element(_ at: Double) -> HTML {
        let words = "\(day(at)) \(clock(at)):\(two(Parts(at).second))"
        return "<time datetime=\"\(stamp(at))\">\(words)</time>"
    }

    private static func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }

    /// The proleptic Gregorian calendar (H. Hinnant, "chrono-Compatible Low-Level Date
    /// Algorithms", civil_from_days).
    private struct Parts {
        let year, month, day, hour, minute, second: Int

        init(_ at: Double) {
            let whole = at.isFinite ? Int(min(max(at, 0), 253_402_300_799)) : 0
            let shifted = whole / 86_400 + 719_468
            let era = shifted / 146_097
            let dayOfEra = shifted % 146_097
            let yearOfEra =
                (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
            let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
            let shiftedMonth = (5 * dayOfYear + 2) / 153
            month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
            day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
            year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
            hour = whole % 86_400 / 3600
            minute = whole % 3600 / 60
            second = whole % 60
        }
    }
}
