extension ClusterFile {
    /// The file as YAML in one fixed form (keys in the documented order, tables sorted, defaults
    /// written out): two files that mean the same give the same text, so that it can be hashed.
    /// Reading it gives this value again.
    public var canonicalText: String {
        var text = CanonicalYAML()
        text.line("howdah", ClusterFragment.version, quoted: false)
        text.line("cluster", cluster)
        text.line("panel", panel)
        text.list("panel_keys", panelKeys)
        text.line("role", role.description)
        text.pairs("roles", roles.map { ($0.pattern, $0.role) })
        text.line("stack", stack)
        text.records("repositories", repositories.map(Self.fields))
        text.records("storage", storage.map(Self.fields))
        text.tables("settings", settings)
        text.cloud(cloud)
        text.list("locked", locked)
        text.list("assume", assume)
        // A node that is upgraded to a program with this key is not another one by that.
        if imageRepositories { text.line("image_repositories", "true", quoted: false) }
        text.line("enrolment", enrolment.rawValue)
        if let enrolmentToken { text.line("enrolment_token", enrolmentToken) }
        return text.text
    }

    private static func fields(of repository: Repository) -> [CanonicalYAML.Field] {
        var fields = [("id", repository.id), ("baseurl", repository.baseURL)]
        if let path = repository.keyPath { fields.append(("gpgkey", "file://\(path)")) }
        fields.append(("gpgcheck", "\(repository.checksPackages)"))
        fields.append(("repo_gpgcheck", "\(repository.checksMetadata)"))
        return fields.map { CanonicalYAML.Field($0, [$1], isList: false) }
            + [CanonicalYAML.Field("fingerprints", repository.fingerprints, isList: true)]
    }

    private static func fields(of storage: Storage) -> [CanonicalYAML.Field] {
        let fields = [
            ("mount", storage.mount), ("size", storage.size.description), ("type", storage.type),
            ("filesystem", storage.filesystem.rawValue), ("by", storage.by.rawValue),
        ]
        return fields.map { CanonicalYAML.Field($0, [$1], isList: false) }
    }
}

/// Writes the YAML that ``ClusterFile/canonicalText`` is made of: every text in double quotes.
private struct CanonicalYAML {
    private(set) var text = ""

    struct Field {
        let key: String
        let values: [String]
        let isList: Bool

        init(_ key: String, _ values: [String], isList: Bool) {
            self.key = key
            self.values = values
            self.isList = isList
        }

        var text: String {
            let list = values.map(CanonicalYAML.quoted).joined(separator: ", ")
            return "\(key): \(isList ? "[\(list)]" : list)\n"
        }
    }

    mutating func line(_ key: String, _ value: String, quoted: Bool = true) {
        text += "\(key): \(quoted ? Self.quoted(value) : value)\n"
    }

    mutating func list(_ key: String, _ items: [String]) {
        text += "\(key): [\(items.map(Self.quoted).joined(separator: ", "))]\n"
    }

    mutating func pairs(_ key: String, _ pairs: [(String, String)]) {
        let inner = pairs.map { "\(Self.quoted($0.0)): \(Self.quoted($0.1))" }
        text += "\(key): {\(inner.joined(separator: ", "))}\n"
    }

    mutating func cloud(_ cloud: Cloud) {
        text += "cloud:\n"
        if let region = cloud.region { line("  region", region) }
        pairs("  endpoints", cloud.endpoints.sorted { $0.key < $1.key })
        switch cloud.source {
        case .file(let path): line("  facts", "file://\(path)")
        case .metadata(let metadata):
            var fields = [("tokens", metadata.usesTokens ? "required" : "never")]
            if let endpoint = metadata.endpoint { fields.append(("endpoint", endpoint)) }
            if let patience = metadata.patience {
                fields.append(("patience", patience.quantity))
            }
            if let access = metadata.access { fields.append(("access", access.rawValue)) }
            pairs("  metadata", fields)
        }
    }

    mutating func records(_ key: String, _ records: [[Field]]) {
        guard !records.isEmpty else { return list(key, []) }
        text += "\(key):\n"
        for record in records {
            for (index, field) in record.enumerated() {
                text += "\(index == 0 ? "  - " : "    ")\(field.text)"
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

    /// A double-quoted scalar (YAML 1.2, section 7.3.1); whatever is special as `\UXXXXXXXX`.
    fileprivate static func quoted(_ value: String) -> String {
        var text = "\""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            case "\t": text += "\\t"
            case _ where isSpecial(scalar.value):
                let hex = String(scalar.value, radix: 16)
                text += "\\U" + String(repeating: "0", count: 8 - hex.count) + hex
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text + "\""
    }

    /// Controls, line ends and marks that a YAML reader does not take as they are (YAML 1.1,
    /// sections 5.1 and 5.4).
    private static func isSpecial(_ value: UInt32) -> Bool {
        value < 0x20 || (0x7f...0xa0).contains(value) || [0x2028, 0x2029, 0xfeff].contains(value)
            || value & 0xfffe == 0xfffe
    }
}
