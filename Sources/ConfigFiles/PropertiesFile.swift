/// A file of `key=value` lines for Java (`java.util.Properties.load(Reader)`), such as
/// `spark-defaults.conf` and `log4j.properties`.
public enum PropertiesFile {
    public enum Failure: Error, Equatable, CustomStringConvertible {
        case emptyKey

        public var description: String {
            switch self {
            case .emptyKey: "a property has an empty name"
            }
        }
    }

    /// Sorted by key, so that equal tables give equal bytes. Only ASCII is written: a reader that
    /// takes the bytes for ISO 8859-1, as `Properties.load(InputStream)` does, finds the same.
    public static func render(_ table: [String: String]) throws(Failure) -> String {
        var text = "# Written by howdah-node at boot: change the cluster file instead.\n"
        for (key, value) in table.sorted(by: { $0.key < $1.key }) {
            guard !key.isEmpty else { throw .emptyKey }
            text += "\(escaped(key, isKey: true))=\(escaped(value, isKey: false))\n"
        }
        return text
    }

    /// What ends a key, begins a comment or is skipped before a value has a backslash before it.
    private static func escaped(_ text: String, isKey: Bool) -> String {
        var result = ""
        for (place, unit) in text.utf16.enumerated() {
            switch unit {
            case 0x09: result += "\\t"
            case 0x0a: result += "\\n"
            case 0x0c: result += "\\f"
            case 0x0d: result += "\\r"
            case 0x5c: result += "\\\\"
            case 0x20: result += isKey || place == 0 ? "\\ " : " "
            case 0x23, 0x21, 0x3a, 0x3d: result += isKey ? "\\" + character(unit) : character(unit)
            case 0x20...0x7e: result += character(unit)
            default: result += "\\u" + hex(unit)
            }
        }
        return result
    }

    private static func character(_ unit: UInt16) -> String {
        Unicode.Scalar(unit).map { String(Character($0)) } ?? ""
    }

    private static func hex(_ unit: UInt16) -> String {
        let digits = String(unit, radix: 16)
        return String(repeating: "0", count: 4 - digits.count) + digits
    }
}
