public import FoundationEssentials

/// An access key, with a session token where it is a temporary one. Never written down anywhere:
/// whatever prints it prints the key's id alone.
public struct Credentials: Sendable, Equatable {
    public var accessKeyID: String
    public var secretAccessKey: String
    public var sessionToken: String?
    /// Nil for those that do not expire.
    public var expiration: Date?

    public init(
        accessKeyID: String, secretAccessKey: String, sessionToken: String? = nil,
        expiration: Date? = nil
    ) {
        self.accessKeyID = accessKeyID
        self.secretAccessKey = secretAccessKey
        self.sessionToken = sessionToken
        self.expiration = expiration
    }
}

extension Credentials: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "credentials '\(accessKeyID)'" }
    public var debugDescription: String { description }
    /// Without it `dump` and string interpolation of an enclosing value would show the secret.
    public var customMirror: Mirror { Mirror(self, children: ["accessKeyID": accessKeyID]) }
}

/// Where credentials come from. Asked before every call, so it keeps what it has.
public protocol CredentialsProvider: Sendable {
    func credentials() async throws -> Credentials
    /// Others than `refused`, which a service called expired, if there are any; the same otherwise.
    func credentials(insteadOf refused: Credentials) async throws -> Credentials
}

extension CredentialsProvider {
    public func credentials(insteadOf refused: Credentials) async throws -> Credentials {
        try await credentials()
    }
}

/// Credentials that are given once.
public struct StaticCredentials: CredentialsProvider {
    private let value: Credentials

    public init(_ value: Credentials) { self.value = value }

    public func credentials() async throws -> Credentials { value }
}

/// No credentials could be had.
public struct CredentialsError: Error, CustomStringConvertible, Sendable {
    /// One line for each place that was tried: the place, and why it gave none.
    public var tried: [String]
    /// Whether something is set up that does not work: then nobody else is asked, since what others
    /// have may belong to somebody else.
    public var endsSearch = false

    public init(tried: [String]) { self.tried = tried }

    /// What is set up and does not work.
    static func broken(_ what: String) -> CredentialsError {
        var error = CredentialsError(tried: [what])
        error.endsSearch = true
        return error
    }

    public var description: String {
        let places = tried.joined(separator: "; ")
        return endsSearch
            ? "aws credentials are set up and cannot be had: \(places)"
            : "no aws credentials: \(places)"
    }
}
