internal import FoundationEssentials

/// The AWS tools' `~/.aws/credentials` and `~/.aws/config`, merged, and one profile of them chosen.
///
/// AWS SDKs and Tools Reference Guide, "Shared config and credentials files". Read as botocore
/// does: what the credentials file says of a profile wins.
public struct ProfileFiles: Sendable {
    /// What a profile says. A setting without a value may have settings of its own below it
    /// (`s3 =`).
    struct Section: Sendable, Equatable {
        var values: [String: String] = [:]
        var nested: [String: [String: String]] = [:]

        subscript(key: String) -> String? { values[key].flatMap { $0.isEmpty ? nil : $0 } }

        mutating func merge(_ other: Section) {
            values.merge(other.values) { $1 }
            nested.merge(other.nested) { $1 }
        }
    }

    /// The profile's name: AWS_PROFILE, or `default`.
    public let profile: String
    /// Where AWS_PROFILE names it: a profile that is not there is then an error.
    let isNamed: Bool
    public let paths: [String]
    let profiles: [String: Section]
    let services: [String: Section]
    /// Profiles that have keys in the credentials file, where they come before all else; in the
    /// config file they come after `credential_process`.
    let withKeys: Set<String>

    public static let maximumBytes = 1 << 20

    /// Reads both files; one that is missing has nothing in it.
    public static func load(environment: [String: String]) -> ProfileFiles {
        load(environment: environment) { path in
            guard let handle = try? Data(contentsOf: URL(filePath: path)),
                handle.count <= maximumBytes
            else { return nil }
            return String(decoding: handle, as: UTF8.self)
        }
    }

    static func load(
        environment: [String: String], read: (String) -> String?
    ) -> ProfileFiles {
        let home = environment["HOME"] ?? ""
        func path(_ name: String, _ standard: String) -> String {
            let given = environment[name].flatMap { $0.isEmpty ? nil : $0 } ?? standard
            return given.hasPrefix("~/") ? home + given.dropFirst() : given
        }
        let config = path("AWS_CONFIG_FILE", "\(home)/.aws/config")
        let credentials = path("AWS_SHARED_CREDENTIALS_FILE", "\(home)/.aws/credentials")
        let named = environment["AWS_PROFILE"].flatMap { $0.isEmpty ? nil : $0 }
        var profiles: [String: Section] = [:]
        var services: [String: Section] = [:]
        for (name, section) in sections(of: read(config) ?? "") {
            if name == "default", profiles["default"] == nil {
                profiles["default"] = section
            } else if let name = suffix(of: name, "profile") {
                profiles[name] = section
            } else if let name = suffix(of: name, "services") {
                services[name] = section
            }
        }
        var withKeys: Set<String> = []
        for (name, section) in sections(of: read(credentials) ?? "") {
            if section["aws_access_key_id"] != nil { withKeys.insert(name) }
            profiles[name, default: Section()].merge(section)
        }
        return ProfileFiles(
            profile: named ?? "default", isNamed: named != nil, paths: [credentials, config],
            profiles: profiles, services: services, withKeys: withKeys)
    }

    /// A setting of the chosen profile.
    public subscript(key: String) -> String? { profiles[profile]?[key] }

    /// A setting below another one, such as `addressing_style` below `s3`.
    func nested(_ name: String, _ key: String) -> String? {
        profiles[profile]?.nested[name]?[key]
    }

    /// What the section `[services …]` that the profile names says of one service.
    func service(_ name: String, _ key: String) -> String? {
        self["services"].flatMap { services[$0]?.nested[name]?[key] }
    }

    /// The rest of a section's name such as `profile ci` or `profile "my ci"`.
    private static func suffix(of name: String, _ kind: String) -> String? {
        guard name.hasPrefix(kind), name.dropFirst(kind.count).first?.isWhitespace == true else {
            return nil
        }
        let rest = name.dropFirst(kind.count).trimmingBlanks
        let quotes: Set<Character> = ["\"", "'"]
        if let first = rest.first, quotes.contains(first), rest.count > 1, rest.last == first {
            return String(rest.dropFirst().dropLast())
        }
        return rest
    }

    /// In their order; a section that comes twice goes on where it was.
    private static func sections(of text: String) -> [(String, Section)] {
        var sections: [(name: String, section: Section)] = []
        var current: Int?
        var parent: String?
        for line in text.split(whereSeparator: \.isNewline) {
            let content = line.trimmingBlanks
            guard let first = line.first, !content.isEmpty, !"#;".contains(content.prefix(1))
            else { continue }
            if first == "[", let end = content.firstIndex(of: "]") {
                let name = content[content.index(after: content.startIndex)..<end].trimmingBlanks
                parent = nil
                current = sections.firstIndex { $0.name == name }
                if current == nil {
                    current = sections.count
                    sections.append((name, Section()))
                }
                continue
            }
            guard let index = current, let mark = content.firstIndex(where: { "=:".contains($0) })
            else { continue }
            let key = content[..<mark].trimmingBlanks.lowercased()
            let value = content[content.index(after: mark)...].trimmingBlanks
            if first == " " || first == "\t" {
                if let parent { sections[index].section.nested[parent, default: [:]][key] = value }
            } else {
                sections[index].section.values[key] = value
                parent = value.isEmpty ? key : nil
            }
        }
        return sections
    }
}

extension StringProtocol {
    var trimmingBlanks: String {
        guard let first = firstIndex(where: { !$0.isWhitespace }),
            let last = lastIndex(where: { !$0.isWhitespace })
        else { return "" }
        return String(self[first...last])
    }
}
