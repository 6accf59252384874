/// Hadoop's configuration XML (org.apache.hadoop.conf.Configuration, "Resources").
///
/// Our properties stand in a marked block at the file's end. Of two definitions in one file Hadoop
/// takes the later one, unless the earlier one is final; so the block holds, and nothing outside
/// of it has to be changed: comments, foreign properties, entities, CDATA and XInclude stay byte
/// for byte.
public enum HadoopXML {
    static let begin = "BEGIN howdah"
    static let end = "END howdah"

    public enum Failure: Error, Equatable, CustomStringConvertible {
        /// XML 1.0 (section 2.2) has no way to write this character, not even escaped.
        case unwritable(property: String, code: UInt32)
        case emptyName
        /// The file that is there is no configuration of Hadoop's.
        case malformed(line: Int, reason: String)

        public var description: String {
            switch self {
            case .unwritable(let property, let code):
                "property '\(property)' holds U+\(String(code, radix: 16)), which XML cannot hold"
            case .emptyName: "a property has an empty name"
            case .malformed(let line, let reason): "line \(line): \(reason)"
            }
        }
    }

    /// A file with our properties in it.
    public struct Merged: Sendable, Equatable {
        public var bytes: [UInt8]
        /// Names of properties that are final outside of our block, with another value than ours:
        /// theirs holds, and ours is not written. Sorted.
        public var overruled: [String]
    }

    /// A new file with these properties, sorted by name, so that equal properties give equal bytes.
    /// Properties named in `final` cannot be overridden by files that Hadoop reads later.
    public static func render(
        _ properties: [String: String], final: Set<String> = []
    ) throws(Failure) -> String {
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<configuration>\n"
            + (try block(properties, final, isASCII: false)) + "</configuration>\n"
    }

    /// The file with its block replaced, or put before the root's end. A file without anything in
    /// it becomes a new one.
    ///
    /// The encoding may be any that agrees with ASCII: what ASCII cannot hold is written as
    /// character references unless the file is UTF-8.
    public static func merge(
        _ properties: [String: String], final: Set<String> = [], into existing: [UInt8]
    ) throws(Failure) -> Merged {
        if existing.allSatisfy({ XMLScanner.isBlank($0) }) {
            return Merged(bytes: Array(try render(properties, final: final).utf8), overruled: [])
        }
        let document = try HadoopDocument(existing)
        let ours = properties.filter { document.finals[$0.key] == nil }
        let overruled = properties.filter { name, value in
            document.finals[name].map { $0 != value } ?? false
        }
        let block = try block(ours, final, isASCII: document.needsASCII)
        return Merged(
            bytes: document.replacingBlock(with: Array(block.utf8)),
            overruled: overruled.keys.sorted())
    }

    private static func block(
        _ properties: [String: String], _ final: Set<String>, isASCII: Bool
    ) throws(Failure) -> String {
        var text = "  <!-- \(begin): written at boot, change the cluster file instead -->\n"
        for (name, value) in properties.sorted(by: { $0.key < $1.key }) {
            guard !name.isEmpty else { throw .emptyName }
            text += "  <property>\n"
            text += "    <name>\(try escaped(name, in: name, isASCII))</name>\n"
            text += "    <value>\(try escaped(value, in: name, isASCII))</value>\n"
            if final.contains(name) { text += "    <final>true</final>\n" }
            text += "  </property>\n"
        }
        return text + "  <!-- \(end) -->\n"
    }

    private static func escaped(
        _ text: String, in property: String, _ isASCII: Bool
    ) throws(Failure) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            // A parser makes a plain one a line feed.
            case "\r": result += "&#13;"
            case "\t", "\n": result.unicodeScalars.append(scalar)
            case _ where scalar.value < 0x20 || (0xfffe...0xffff).contains(scalar.value):
                throw .unwritable(property: property, code: scalar.value)
            case _ where isASCII && !scalar.isASCII: result += "&#\(scalar.value);"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
