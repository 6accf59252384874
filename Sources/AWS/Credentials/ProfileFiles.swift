internal import FoundationEssentials

/// The AWS tools' `~/.aws/credentials` and `~/.aws/config`, merged for one profile.
///
/// AWS SDKs and Tools Reference Guide, "Shared config and credentials files".
public struct ProfileFiles: Sendable {
    /// The profile's name: AWS_PROFILE, or `default`.
    public let profile: String
    public let paths: [String]
    private let values: [String: String]

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
        let config = environment["AWS_CONFIG_FILE"] ?? "\(home)/.aws/config"
        let credentials =
            environment["AWS_SHARED_CREDENTIALS_FILE"] ?? "\(home)/.aws/credentials"
        let profile = environment["AWS_PROFILE"].flatMap { $0.isEmpty ? nil : $0 } ?? "default"
        var values = section("profile \(profile)", of: read(config) ?? "")
        if profile == "default", values.isEmpty {
            values = section("default", of: read(config) ?? "")
        }
        // What the credentials file says wins.
        values.merge(section(profile, of: read(credentials) ?? "")) { $1 }
        return ProfileFiles(profile: profile, paths: [credentials, config], values: values)
    }

    public subscript(key: String) -> String? { values[key] }

    private static func section(_ wanted: String, of text: String) -> [String: String] {
        var values: [String: String] = [:]
        var isInside = false
        for line in text.split(whereSeparator: \.isNewline) {
            let content = line.trimmingBlanks
            // Indented lines belong to a nested setting (`s3 =`), of which none is read here.
            guard let first = line.first, !content.isEmpty, first != "#", first != ";",
                first != " ", first != "\t"
            else { continue }
            if content.hasPrefix("["), let end = content.firstIndex(of: "]") {
                let name = content[content.index(after: content.startIndex)..<end]
                isInside = name.split(separator: " ").joined(separator: " ") == wanted
            } else if isInside, let equals = content.firstIndex(of: "=") {
                let key = content[..<equals].trimmingBlanks.lowercased()
                values[key] = content[content.index(after: equals)...].trimmingBlanks
            }
        }
        return values
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

/// A profile's own keys. (Its `role_arn`, `sso_…` and `credential_process` are not followed.)
public struct ProfileCredentials: CredentialsProvider {
    private let files: ProfileFiles

    public init(_ files: ProfileFiles) { self.files = files }

    public func credentials() async throws -> Credentials {
        guard let key = files["aws_access_key_id"], let secret = files["aws_secret_access_key"]
        else {
            let paths = files.paths.map { "'\($0)'" }.joined(separator: " and ")
            throw CredentialsError(tried: ["profile '\(files.profile)': no keys in \(paths)"])
        }
        return Credentials(
            accessKeyID: key, secretAccessKey: secret, sessionToken: files["aws_session_token"])
    }
}
