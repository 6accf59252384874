internal import FoundationEssentials
internal import HTTPTypes
internal import Hummingbird
internal import MetricFormats
internal import PanelAPI

/// What was measured: in from collectors, out for Prometheus and spreadsheets.
struct MetricController: Sendable {
    /// Of a body of `/api/put`.
    static let maximumPutBytes = 4 << 20
    /// Of a table for which no 'from' is said.
    static let defaultSeconds = 3_600.0

    let viewer: ClusterViewer
    let store: MetricStore
    let intake: MetricIntake
    let time: PanelTime

    /// Prometheus's and OpenTSDB's own paths.
    func addRoutes(to group: RouterGroup<PanelContext>) {
        group.get("metrics") { _, _ in
            let now = time.now()
            let latest = try await store.latest(
                of: Metric.allCases, now: now,
                maximumAge: viewer.settings.clusters.map(\.downAfterSeconds).max() ?? 0)
            var views: [ClusterView] = []
            for cluster in viewer.settings.clusters {
                views.append(try await viewer.outline(of: cluster.name))
            }
            return Self.text(
                PrometheusPage.text(
                    views, latest, intake.counts.now,
                    intake.forward.queues.map { ("\($0.target)", $0.counts) }),
                "text/plain; version=0.0.4; charset=utf-8")
        }
        group.post("api/put") { request, context in
            _ = try context.person(atLeast: .operator)
            let body = try await request.body.collect(upTo: Self.maximumPutBytes)
            return try await put(Data(body.readableBytesView))
        }
    }

    func addClusterRoutes(to group: RouterGroup<PanelContext>) {
        group.get(":name/metrics.csv") { request, context in
            let view = try await viewer.outline(of: try context.parameters.require("name"))
            return try await table(request, view.nodes)
        }
    }

    /// As OpenTSDB answers: 204 where all is stored, else 400 with what was not.
    private func put(_ body: Data) async throws -> Response {
        let points: [MetricPoint]
        var errors: [String]
        do throws(MetricPointError) {
            let parsed = try OpenTSDB.parse(body: body)
            points = parsed.points
            errors = parsed.errors.map(\.description)
        } catch {
            throw Refusal.badRequest("\(error)")
        }
        let receipt = try await intake.take(points)
        errors += receipt.refused.sorted { $0.key < $1.key }.map { "\($0.key) (\($0.value))" }
        guard let first = errors.first else { return Response(status: .noContent) }
        throw Refusal.badRequest("\(receipt.stored) values stored, others refused: \(first)")
    }

    private func table(_ request: Request, _ nodes: [NodeView]) async throws -> Response {
        let now = time.now()
        let query = request.uri.queryParameters
        func seconds(_ key: Substring, else standard: Double) throws -> Double {
            guard let text = query[key] else { return standard }
            guard let value = Double(text), (0...MetricPoint.latestSeconds).contains(value) else {
                throw Refusal.badRequest("'\(key)' is no time in seconds since 1970")
            }
            return value
        }
        let statistic = try query["statistic"].map { text in
            guard let statistic = MetricCSV.Statistic(rawValue: String(text)) else {
                throw Refusal.badRequest("'statistic' is one of mean, min, max, count")
            }
            return statistic
        }
        let to = try seconds("to", else: now)
        let from = try seconds("from", else: to - Self.defaultSeconds)
        guard from < to else { throw Refusal.badRequest("'from' is not before 'to'") }
        let names = Dictionary(nodes.map { ($0.instanceID, $0.name) }) { $1 }
        let wanted = query.getAll("node").map { String($0) }
        let metrics = query.getAll("metric").map { String($0) }
        let series = try await store.series(
            .init(
                hosts: wanted.isEmpty
                    ? everybody(nodes)
                    : wanted.flatMap { name in
                        [name] + nodes.filter { $0.name == name }.map(\.instanceID)
                    },
                metrics: metrics.isEmpty ? nil : metrics, from: from, to: to), now: now)
        return Self.text(
            MetricCSV.text(series, names: names, statistic ?? .mean), "text/csv; charset=utf-8")
    }

    /// Nil for all hosts: a panel of one cluster keeps what any collector sent for it.
    private func everybody(_ nodes: [NodeView]) -> [String]? {
        viewer.settings.clusters.count == 1 ? nil : nodes.flatMap { [$0.name, $0.instanceID] }
    }

    private static func text(_ text: String, _ type: String) -> Response {
        Response(
            status: .ok, headers: [.contentType: type, .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }
}
