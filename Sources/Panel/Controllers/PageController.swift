internal import FoundationEssentials
internal import HTTPTypes
internal import Hummingbird

/// The page, its stylesheet, and whether the panel is well.
struct PageController: Sendable {
    /// Nothing from elsewhere, nothing inline, no frame, no form (CSP level 3).
    static let policy =
        "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; "
        + "frame-ancestors 'none'"

    let viewer: ClusterViewer
    let database: PanelDatabase

    func addRoutes(to router: Router<PanelContext>) {
        router.get("/") { _, _ in
            Self.response(
                ClusterPage.render(try await viewer.view()).text, "text/html; charset=utf-8")
        }
        router.get("/style.css") { _, _ in
            Self.response(Stylesheet.text, "text/css; charset=utf-8")
        }
        router.get("/healthz") { _, _ in
            try await database.check()
            return try JSONBody.response(["status": "ok"])
        }
    }

    private static func response(_ text: String, _ type: String) -> Response {
        var response = Response(
            status: .ok, headers: [.contentType: type, .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
        for (name, value) in [
            ("content-security-policy", policy), ("x-content-type-options", "nosniff"),
            ("referrer-policy", "no-referrer"),
        ] {
            if let name = HTTPField.Name(name) { response.headers[name] = value }
        }
        return response
    }
}
