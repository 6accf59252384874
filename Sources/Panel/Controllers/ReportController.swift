internal import HTTPTypes
internal import Hummingbird
internal import PanelAPI

/// What nodes say of themselves: heartbeats and boots.
struct ReportController: Sendable {
    static let maximumSteps = 500

    let reports: ReportRepository
    let masters: MasterRepository
    let settings: PanelSettings
    let time: PanelTime

    func addRoutes(to group: RouterGroup<PanelContext>) {
        group.post("reports") { request, context in
            let report = try await JSONBody.decode(BootReport.self, from: request)
            let node = try context.node()
            guard report.instanceID == node.instanceID else {
                throw Refusal(
                    .forbidden, "not-yours", "'\(node.instanceID)' may report for itself alone")
            }
            try EnrolmentShape.id("bootID", report.bootID)
            guard report.steps.count <= Self.maximumSteps, report.seconds.isFinite else {
                throw Refusal.badRequest("more than \(Self.maximumSteps) steps")
            }
            try await reports.insert(report, of: node, now: time.now())
            return Response(status: .noContent)
        }
        group.post("heartbeats") { request, context in
            let beat = try await JSONBody.decode(Heartbeat.self, from: request)
            try EnrolmentShape.id("bootID", beat.bootID)
            guard (beat.samples?.count ?? 0) <= Heartbeat.maximumSamples,
                (beat.space?.count ?? 0) <= Heartbeat.maximumMounts,
                (beat.notices?.count ?? 0) <= Heartbeat.maximumNotices
            else { throw Refusal.badRequest("more samples, mounts or notices than allowed") }
            let load = beat.load1 ?? 0
            guard beat.sequence >= 0, load.isFinite, load >= 0 else {
                throw Refusal.badRequest("'sequence' and 'load1' are not negative")
            }
            try HeartbeatShape.check(beat)
            let node = try context.node()
            try await reports.insert(beat, of: node, now: time.now())
            return try JSONBody.response(
                HeartbeatAnswer(
                    intervalSeconds: try settings.cluster(node.cluster).heartbeatSeconds,
                    master: try await masters.current(of: node.cluster)))
        }
    }
}
