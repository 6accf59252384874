/// Hadoop's configuration XML (org.apache.hadoop.conf.Configuration, "Resources").
public enum HadoopXML {
    public enum Failure: Error, Equatable, CustomStringConvertible {
        /// XML 1.0 (section 2.2) has no way to write this character, not even escaped.
        case unwritable(property: String, code: UInt32)
        case emptyName

        public var description: String {
            switch self {
            case .unwritable(let property, let code):
                "property '\(property)' holds U+\(String(code, radix: 16)), which XML cannot hold"
            case .emptyName: "a property has an empty name"
            }
        }
    }

    /// The file with these properties, sorted by name, so that equal properties give equal bytes.
    /// Properties named in `final` cannot be overridden by files that Hadoop reads later.
    public static func render(
        _ properties: [String: String], final: Set<String> = []
    ) throws(Failure) -> String {
        var text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
        text += "<!-- Written by howdah-node at boot: change the cluster file instead. -->\n"
        text += "<configuration>\n"
        for (name, value) in properties.sorted(by: { $0.key < $1.key }) {
            guard !name.isEmpty else { throw .emptyName }
            text += "  <property>\n"
            text += "    <name>\(try escaped(name, in: name))</name>\n"
            text += "    <value>\(try escaped(value, in: name))</value>\n"
            if final.contains(name) { text += "    <final>true</final>\n" }
            text += "  </property>\n"
        }
        return text + "</configuration>\n"
    }

    private static func escaped(_ text: String, in property: String) throws(Failure) -> String {
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
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
