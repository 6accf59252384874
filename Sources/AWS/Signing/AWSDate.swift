public import FoundationEssentials

/// The two ways in which AWS writes a point in time, in UTC.
public enum AWSDate {
    /// `20150830T123600Z`, the form of `x-amz-date`.
    public static func basic(_ date: Date) -> String {
        let seconds = Int(date.timeIntervalSince1970.rounded(.down))
        let (year, month, day) = civil(fromDays: floorDivide(seconds, 86_400))
        let rest = seconds - floorDivide(seconds, 86_400) * 86_400
        return padded(year, 4) + padded(month, 2) + padded(day, 2) + "T"
            + padded(rest / 3600, 2) + padded(rest / 60 % 60, 2) + padded(rest % 60, 2) + "Z"
    }

    /// Reads `20150830T123600Z`, `2015-08-30T12:36:00Z` and the latter with a fraction, which is
    /// dropped; nil for anything else.
    public static func parse(_ text: String) -> Date? {
        guard text.hasSuffix("Z") else { return nil }
        let whole = text.dropLast().prefix { $0 != "." }
        let digits = whole.filter { $0 != "-" && $0 != ":" && $0 != "T" }
        guard digits.utf8.count == 14, whole.contains("T"),
            digits.utf8.allSatisfy({ (0x30...0x39).contains($0) })
        else { return nil }
        let values = Array(digits.utf8).map { Int($0) - 0x30 }
        func number(_ range: Range<Int>) -> Int { values[range].reduce(0) { $0 * 10 + $1 } }
        let (month, day) = (number(4..<6), number(6..<8))
        guard (1...12).contains(month), (1...31).contains(day), number(8..<10) < 24,
            number(10..<12) < 60, number(12..<14) <= 60
        else { return nil }
        let days = days(year: number(0..<4), month: month, day: day)
        let seconds = number(8..<10) * 3600 + number(10..<12) * 60 + number(12..<14)
        return Date(timeIntervalSince1970: Double(days * 86_400 + seconds))
    }

    private static func padded(_ number: Int, _ width: Int) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(0, width - text.count)) + text
    }

    private static func floorDivide(_ value: Int, _ by: Int) -> Int {
        value >= 0 ? value / by : (value - by + 1) / by
    }

    /// Days since 1970-01-01 of the proleptic Gregorian calendar; years counted from March.
    private static func days(year: Int, month: Int, day: Int) -> Int {
        let shifted = month <= 2 ? year - 1 : year
        let dayOfYear = (153 * ((month + 9) % 12) + 2) / 5 + day - 1
        return 365 * shifted + shifted / 4 - shifted / 100 + shifted / 400 + dayOfYear - 719_468
    }

    private static func civil(fromDays days: Int) -> (year: Int, month: Int, day: Int) {
        let shifted = days + 719_468
        let era = floorDivide(shifted, 146_097)
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        return (year, month, dayOfYear - (153 * monthFromMarch + 2) / 5 + 1)
    }
}
