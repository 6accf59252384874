extension ClusterFile {
    /// The file as YAML in one fixed form (keys in the documented order, tables sorted, defaults
    /// written out): two files that mean the same give the same text, so that it can be hashed.
    /// Reading it gives this value again.
    public var canonicalText: String {
        var text = CanonicalYAML()
        text.line("howdah", ClusterFragment.version, quoted: false)
        text.line("cluster", cluster)
        text.line("panel", panel)
        text.line("role", role.description)
        text.line("stack", stack)
        text.records("repositories", repositories.map(Self.fields))
        text.records("storage", storage.map(Self.fields))
        text.tables("settings", settings)
        text.list("locked", locked)
        text.list("assume", assume)
        return text.text
    }

    private static func fields(of repository: Repository) -> [(String, String)] {
        var fields = [("id", repository.id), ("baseurl", repository.baseURL)]
        if let path = repository.keyPath { fields.append(("gpgkey", "file://\(path)")) }
        fields.append(("gpgcheck", "\(repository.checksPackages)"))
        fields.append(("repo_gpgcheck", "\(repository.checksMetadata)"))
        return fields
    }

    private static func fields(of storage: Storage) -> [(String, String)] {
        [
            ("mount", storage.mount), ("size", storage.size.description), ("type", storage.type),
            ("filesystem", storage.filesystem.rawValue),
        ]
    }
}

/// Writes the YAML that ``ClusterFile/canonicalText`` is made of: every text in double quotes.
private struct CanonicalYAML {
    private(set) var text = ""

    mutating func line(_ key: String, _ value: String, quoted: Bool = true) {
        text += "\(key): \(quoted ? Self.quoted(value) : value)\n"
    }

    mutating func list(_ key: String, _ items: [String]) {
        text += "\(key): [\(items.map(Self.quoted).joined(separator: ", "))]\n"
    }

    mutating func records(_ key: String, _ records: [[(String, String)]]) {
        guard !records.isEmpty else { return list(key, []) }
        text += "\(key):\n"
        for record in records {
            for (index, field) in record.enumerated() {
                text += "\(index == 0 ? "  - " : "    ")\(field.0): \(Self.quoted(field.1))\n"
            }
        }
    }

    mutating func tables(_ key: String, _ tables: [String: [String: String]]) {
        let tables = tables.filter { !$0.value.isEmpty }
        guard !tables.isEmpty else { return line(key, "{}", quoted: false) }
        text += "\(key):\n"
        for (name, table) in tables.sorted(by: { $0.key < $1.key }) {
            text += "  \(Self.quoted(name)):\n"
            for (property, value) in table.sorted(by: { $0.key < $1.key }) {
                text += "    \(Self.quoted(property)): \(Self.quoted(value))\n"
            }
        }
    }

    /// A double-quoted scalar (YAML 1.2, section 7.3.1); libyaml writes controls as `\xXX` too.
    private static func quoted(_ value: String) -> String {
        var text = "\""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            case "\t": text += "\\t"
            case _ where scalar.value < 0x20 || scalar.value == 0x7f:
                let hex = String(scalar.value, radix: 16)
                text += "\\x" + (hex.count < 2 ? "0" : "") + hex
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text + "\""
    }
}
