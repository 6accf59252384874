extension ClusterFile {
    /// What stands for a value that is not shown.
    public static let hidden = "(hidden)"

    /// The file without what may be secret: values of properties whose names say so, and user
    /// names and passwords in URLs.
    public var redacted: ClusterFile {
        var shown = self
        for (file, properties) in settings {
            for (name, value) in properties {
                let text =
                    Self.isSecret(name)
                    ? Self.hidden : Self.withoutUser(Self.withoutAssignments(value))
                shown.settings[file]?[name] = text
            }
        }
        if enrolmentToken != nil { shown.enrolmentToken = Self.hidden }
        for index in repositories.indices {
            shown.repositories[index].baseURL = Self.withoutUser(repositories[index].baseURL)
        }
        return shown
    }

    /// Parts of names such as `fs.s3a.secret.key`, `javax.jdo.option.ConnectionPassword` and
    /// `hadoop.security.credential.provider.path`.
    private static let secretWords = [
        "secret", "password", "passwd", "passphrase", "token", "credential", "access.key",
        "accesskey", "access_key", "account.key", "private", "apikey", "api.key", "api_key", ".sas",
        "pwd",
    ]

    /// Whether what is under this name may be secret.
    package static func isSecret(_ name: String) -> Bool {
        let name = name.lowercased()
        return secretWords.contains { name.contains($0) }
    }

    /// Options of a program within a value, such as `-Djavax.net.ssl.keyStorePassword=x`.
    private static func withoutAssignments(_ text: String) -> String {
        let words = text.split(separator: " ", omittingEmptySubsequences: false)
        let shown = words.map { word -> String in
            let parts = word.split(separator: "=", maxSplits: 1).map { String($0) }
            guard parts.count == 2, isSecret(parts[0]) else { return String(word) }
            return "\(parts[0])=\(hidden)"
        }
        return shown.joined(separator: " ")
    }

    private static func withoutUser(_ text: String) -> String {
        var shown = text[...]
        var result = ""
        while let scheme = shown.firstRange(of: "://") {
            result += shown[..<scheme.upperBound]
            shown = shown[scheme.upperBound...]
            let authority = shown.prefix { $0 != "/" && !$0.isWhitespace && $0 != "," }
            if let at = authority.lastIndex(of: "@") {
                result += hidden
                shown = shown[at...]
            }
        }
        return result + shown
    }
}
