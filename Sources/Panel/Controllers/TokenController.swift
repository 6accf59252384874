internal import Foundation
internal import HTTPTypes
internal import Hummingbird
internal import PanelAPI

/// `/v1/enrolment-tokens`: who runs the cluster makes one-time tokens, sees and takes back those
/// that there are.
struct TokenController: Sendable {
    static let lifeSeconds = 60...30 * 86_400
    static let tokenBytes = 32
    /// Says what it is, to people and to programs that look for secrets.
    static let prefix = "howdah-once-"

    let passes: EnrolmentTokenRepository
    let settings: PanelSettings
    let time: PanelTime

    func addRoutes(to group: RouterGroup<PanelContext>) {
        group.post { request, context in
            let person = try context.person(atLeast: .operator)
            let order = try await JSONBody.decode(EnrolmentTokenOrder.self, from: request)
            let cluster = try settings.cluster(orOnly: order.cluster)
            try check(order, of: cluster)
            let token = Self.prefix + Self.text(time.random(Self.tokenBytes))
            let record = try await passes.insert(
                token, order, for: cluster.name, by: person.name, now: time.now())
            return try JSONBody.response(
                NewEnrolmentToken(token: token, record: record), status: .created)
        }
        group.get { _, _ in try JSONBody.response(try await passes.all()) }
        group.delete(":id") { _, context in
            let id = try context.parameters.require("id")
            let person = try context.person(atLeast: .operator)
            guard try await passes.remove(id, by: person.name, now: time.now()) else {
                throw Refusal.notFound(
                    "unknown-token", "there is no unused one-time token of this id")
            }
            return Response(status: .noContent)
        }
    }

    private func check(_ order: EnrolmentTokenOrder, of cluster: ClusterSettings) throws {
        let roles = Set(cluster.roles.values)
        guard roles.contains(order.role) else {
            throw Refusal.badRequest(
                "'\(order.role.prefix(64))' is no role of '\(cluster.name)'; it has "
                    + roles.sorted().joined(separator: ", "))
        }
        guard Self.lifeSeconds.contains(order.lifeSeconds) else {
            throw Refusal.badRequest("a token lives for a minute at least, for 30 days at most")
        }
        if let id = order.instanceID { try EnrolmentShape.instanceID(id) }
        if let address = order.address { try EnrolmentShape.address(address) }
    }

    /// Base64 in the form for URLs, without its end (RFC 4648, section 5).
    private static func text(_ bytes: [UInt8]) -> String {
        Data(bytes).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_")
            .replacing("=", with: "")
    }
}
