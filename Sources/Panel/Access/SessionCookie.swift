internal import HTTPTypes
internal import Hummingbird

/// The cookies of the panel: of the host alone (`__Host-`), unseen by scripts, sent by no other
/// site (RFC 6265bis, sections 4.1.2 and 4.1.3). Without TLS, on loopback, a browser keeps no
/// `__Host-` cookie: there they have plain names.
struct SessionCookie: Sendable {
    /// The session's secret.
    static let session = "howdah"
    /// What goes with the form of a login.
    static let form = "howdah-form"
    static let maximumLength = 256

    let isSecure: Bool

    func set(_ name: String, _ value: String, seconds: Int) -> String {
        let secure = isSecure ? "; Secure" : ""
        return "\(self.name(name))=\(value); Path=/; Max-Age=\(seconds); HttpOnly; "
            + "SameSite=Strict\(secure)"
    }

    /// The cookie's value; nil where it is missing, empty, or there twice.
    func read(_ name: String, of request: Request) -> String? {
        let prefix = self.name(name) + "="
        let values = request.headers[values: .cookie].flatMap { $0.split(separator: ";") }
            .map { $0.drop { $0 == " " } }.filter { $0.hasPrefix(prefix) }
        guard values.count == 1 else { return nil }
        let value = String(values[0].dropFirst(prefix.count))
        return value.isEmpty || value.utf8.count > Self.maximumLength ? nil : value
    }

    private func name(_ name: String) -> String { isSecure ? "__Host-\(name)" : name }
}
