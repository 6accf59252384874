internal import HTTPTypes
internal import Hummingbird

/// `/openapi.json`: what the panel's calls are.
struct OpenAPIController: Sendable {
    func addRoutes(to router: Router<PanelContext>) {
        router.get("openapi.json") { _, _ in
            Response(
                status: .ok, headers: [.contentType: "application/json"],
                body: ResponseBody(byteBuffer: ByteBuffer(bytes: try OpenAPIDocument.bytes())))
        }
    }
}
