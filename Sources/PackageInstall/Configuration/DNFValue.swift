/// Values of dnf's options, as libdnf reads them.
enum DNFValue {
    /// `OptionBool`.
    static func boolean(_ text: String) -> Bool? {
        switch text.lowercased() {
        case "1", "yes", "true", "on": true
        case "0", "no", "false", "off": false
        default: nil
        }
    }

    /// `OptionStringList`: by blanks, commas and lines.
    static func list(_ text: String) -> [String] {
        text.split { $0 == " " || $0 == "," || $0 == "\t" || $0.isNewline }.map(String.init)
    }

    /// `OptionSeconds`: a number, perhaps with a fraction and one of `s m h d`; `-1` and `never`
    /// are for ever.
    static func expiry(_ text: String) -> MetadataExpiry? {
        if text == "never" || text == "-1" { return .never }
        guard let seconds = seconds(text) else { return nil }
        return .after(seconds: seconds)
    }

    static func seconds(_ text: String) -> Int64? {
        let units: [Character: Double] = ["s": 1, "m": 60, "h": 3600, "d": 86400]
        let unit = text.last.flatMap { units[Character($0.lowercased())] }
        let number = unit == nil ? text[...] : text.dropLast()
        guard number.allSatisfy({ $0.isASCII && ($0.isNumber || $0 == ".") }),
            let value = Double(number), value < 1e12
        else { return nil }
        return Int64(value * (unit ?? 1))
    }

    /// `minrate` and the like: bytes, perhaps with `k`, `m` or `g` of 1024.
    static func bytes(_ text: String) -> Int64? {
        let units: [Character: Int64] = ["k": 1 << 10, "m": 1 << 20, "g": 1 << 30]
        let unit = text.last.flatMap { units[Character($0.lowercased())] }
        let number = unit == nil ? text[...] : text.dropLast()
        guard let value = Int64(number), value >= 0, value < 1 << 30 else { return nil }
        return value * (unit ?? 1)
    }
}

/// How long a repository's index counts without asking for it again (`metadata_expire`).
public enum MetadataExpiry: Sendable, Hashable {
    case after(seconds: Int64)
    case never

    /// dnf's own.
    public static let standard = MetadataExpiry.after(seconds: 48 * 3600)
    /// It is asked for each time.
    public static let always = MetadataExpiry.after(seconds: 0)

    func isOver(ageSeconds: Int64) -> Bool {
        switch self {
        case .never: false
        // A file of the future tells nothing.
        case .after(let seconds): ageSeconds < 0 || ageSeconds >= seconds
        }
    }
}
