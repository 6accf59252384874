internal import FoundationEssentials
internal import HTTPTypes
internal import Hummingbird

/// The page, its stylesheet, and whether the panel is well.
struct PageController: Sendable {
    /// Nothing from elsewhere, nothing inline, no frame, forms to the panel alone (CSP level 3).
    static let policy =
        "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'self'; "
        + "frame-ancestors 'none'"

    let viewer: ClusterViewer
    let database: PanelDatabase

    func addRoutes(
        to router: Router<PanelContext>, pages: RouterGroup<PanelContext>
    ) {
        pages.get("/") { _, context in
            let account = LoginPage.account(context.visitor)
            let clusters = viewer.settings.clusters
            guard clusters.count == 1, let only = clusters.first else {
                return Self.response(
                    ClustersPage.render(try await viewer.summaries(), account: account).text,
                    Self.html)
            }
            return try await cluster(only.name, account)
        }
        pages.get("/clusters/:name") { _, context in
            try await cluster(
                try context.parameters.require("name"), LoginPage.account(context.visitor))
        }
        router.get("/style.css") { _, _ in
            Self.response(Stylesheet.text, "text/css; charset=utf-8")
        }
        router.get("/healthz") { _, _ in
            try await database.check()
            return try JSONBody.response(["status": "ok"])
        }
    }

    static let html = "text/html; charset=utf-8"

    private func cluster(_ name: String, _ account: HTML) async throws -> Response {
        Self.response(
            ClusterPage.render(try await viewer.view(of: name), account: account).text, Self.html)
    }

    static func response(
        _ text: String, _ type: String, status: HTTPResponse.Status = .ok
    ) -> Response {
        var response = Response(
            status: status, headers: [.contentType: type, .cacheControl: "no-store"],
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
