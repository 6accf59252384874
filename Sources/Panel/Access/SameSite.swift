internal import Digests
internal import HTTPTypes
internal import Hummingbird

/// Whether a call that changes something was made by a page of the panel's own: a browser says so
/// itself, and the page has a token that no other site can read.
enum SameSite {
    /// Where a script puts the token; a form has it as the field `csrf`.
    static let header = "x-howdah-csrf"
    static let field = "csrf"

    /// Whether a call changes nothing, whoever makes it (RFC 9110, section 9.2.1).
    static func isLook(_ request: Request) -> Bool {
        request.method == .get || request.method == .head
    }

    /// By `Sec-Fetch-Site` (Fetch Metadata) and `Origin` (RFC 6454): each must fit where it is
    /// sent, and one of them is sent by every browser.
    static func checkOrigin(of request: Request, isSecure: Bool) throws(Refusal) {
        let site = HTTPField.Name("sec-fetch-site").flatMap { request.headers[$0] }
        let origin = request.headers[.origin]
        if let site, site != "same-origin" { throw crossSite("comes from another site") }
        if let origin {
            let scheme = isSecure ? "https" : "http"
            let host = request.head.authority ?? ""
            guard origin == "\(scheme)://\(host)" else {
                throw crossSite("comes from '\(origin.prefix(100))'")
            }
        }
        guard site != nil || origin != nil else {
            throw crossSite("does not say where it comes from")
        }
    }

    /// The token of a session; who reads the database does not learn it.
    static func token(ofSession secret: String) -> String {
        Hex.encode(hmacSHA256(key: Array(secret.utf8), Array("howdah-csrf".utf8)))
    }

    static func checkToken(_ sent: String?, _ expected: String) throws(Refusal) {
        guard let sent, areEqualSecrets(Array(sent.utf8), Array(expected.utf8)) else {
            throw crossSite("has no token of this session; load the page again")
        }
    }

    private static func crossSite(_ what: String) -> Refusal {
        Refusal(.forbidden, "cross-site", "a call that changes something \(what)")
    }
}
