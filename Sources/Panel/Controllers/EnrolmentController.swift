internal import Hummingbird
internal import PanelAPI

/// `POST /v1/enrolment/challenge`, `POST /v1/enrolment` and `POST /v1/enrolment/key`: the only
/// calls of a node without token.
struct EnrolmentController: Sendable {
    static let maximumBytes = 64 * 1024

    let enroller: Enroller

    func addRoutes(to group: RouterGroup<PanelContext>) {
        group.post("challenge") { _, _ in
            try JSONBody.response(try await enroller.challenge())
        }
        group.post("key") { request, _ in
            let body = try await JSONBody.decode(
                KeyEnrolmentRequest.self, from: request, limit: Self.maximumBytes)
            return try JSONBody.response(try await enroller.enrol(body))
        }
        group.post { request, _ in
            let body = try await JSONBody.decode(
                EnrolmentRequest.self, from: request, limit: Self.maximumBytes)
            return try JSONBody.response(try await enroller.enrol(body))
        }
    }
}
