internal import FoundationEssentials
internal import HTTPTypes
internal import Hummingbird
internal import PanelAPI

/// The pages, their stylesheet and script, and whether the panel is well.
struct PageController: Sendable {
    /// Nothing from elsewhere, nothing inline, no frame, forms to the panel alone (CSP level 3);
    /// the one script talks to the panel alone.
    static let policy =
        "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; "
        + "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    static let html = "text/html; charset=utf-8"

    let reader: PageReader
    let metrics: MetricStore
    let lister: VolumeLister
    let care: CareRepository
    let drains: DrainRepository
    let balances: BalanceRepository
    let events: PageEvents

    var settings: PanelSettings { reader.settings }

    func addRoutes(
        to router: Router<PanelContext>, pages: RouterGroup<PanelContext>
    ) {
        pages.get("/") { request, context in
            guard settings.clusters.count == 1, let only = settings.clusters.first else {
                return page(
                    ClustersPage.render(try await reader.verdicts(), frame(context)))
            }
            return try await cluster(only.name, request, context)
        }
        let clusters = pages.group("clusters")
        clusters.get(":name") { request, context in
            try await cluster(try context.parameters.require("name"), request, context)
        }
        clusters.get(":name/events") { request, context in
            try await events.response(request, context)
        }
        addNodeRoutes(to: clusters)
        addListRoutes(to: clusters)
        router.get("/style.css") { _, _ in
            Self.response(Stylesheet.text, "text/css; charset=utf-8")
        }
        router.get("/page.js") { _, _ in
            Self.response(PageScript.text, "text/javascript; charset=utf-8")
        }
        router.get("/healthz") { _, _ in
            try await reader.database.check()
            return try JSONBody.response(["status": "ok"])
        }
    }

    private func addNodeRoutes(to clusters: RouterGroup<PanelContext>) {
        clusters.get(":name/nodes") { request, context in
            let query = request.uri.queryParameters
            let find = query["find"].map { String($0.prefix(100)) }
            guard let number = Int(query["page"] ?? "1"), (1...100_000).contains(number) else {
                throw Refusal.badRequest("'page' is a number from 1")
            }
            let (cluster, nodes) = try await reader.nodes(
                of: try context.parameters.require("name"), find: find)
            let list = NodesPage(cluster: cluster.name, nodes: nodes, find: find, page: number)
            let claims = try await reader.claims(of: list.shown.map(\.instanceID))
            return page(list.render(claims, frame(context)))
        }
        clusters.get(":name/nodes/:id") { request, context in
            let data = try await reader.node(
                try context.parameters.require("id"), in: try context.parameters.require("name"),
                try Self.range(request), metrics: metrics)
            return page(NodePage.render(data, frame(context)))
        }
    }

    private func addListRoutes(to clusters: RouterGroup<PanelContext>) {
        clusters.get(":name/decisions") { request, context in
            let cluster = try settings.cluster(try context.parameters.require("name"))
            let at = request.uri.queryParameters["at"].map { Double($0) ?? .nan }
            guard at?.isFinite ?? true else {
                throw Refusal.badRequest("'at' is a time in seconds since 1970")
            }
            let found = try await reader.database.read { [reader] database in
                try DecisionRepository.decisions(
                    of: cluster.name, until: at ?? reader.time.now(),
                    limit: DecisionsPage.rows + 1, in: database)
            }
            return page(DecisionsPage.render(found, until: at, cluster: cluster, frame(context)))
        }
        clusters.get(":name/drains") { _, context in
            let cluster = try settings.cluster(try context.parameters.require("name"))
            let all = try await drains.all(of: cluster.name).map(\.view)
            let runs = try await balances.all(of: cluster.name)
            let now = reader.time.now()
            return page(
                DrainsPage.render(
                    all, runs.map { $0.view(at: now) }, cluster: cluster.name, frame(context)))
        }
        clusters.get(":name/volumes") { _, context in
            let cluster = try settings.cluster(try context.parameters.require("name"))
            return page(try await volumes(of: cluster, frame(context)))
        }
        clusters.get(":name/queues") { request, context in
            let cluster = try settings.cluster(try context.parameters.require("name"))
            let (range, now) = (try Self.range(request), reader.time.now())
            let hosts = HadoopSource.all(cluster.hadoop).map { $0.host(of: cluster.name) }
            let series = try await metrics.series(
                .init(hosts: hosts, from: now - range.seconds, to: now), now: now)
            return page(
                QueuesPage.render(series, of: cluster, range: range, now: now, frame(context)))
        }
        clusters.get(":name/audit") { request, context in
            let cluster = try settings.cluster(try context.parameters.require("name"))
            return page(try await audit(request, cluster, frame(context)))
        }
    }

    private func audit(
        _ request: Request, _ cluster: ClusterSettings, _ frame: PageFrame
    ) async throws -> HTML {
        let query = request.uri.queryParameters
        guard let before = Int64(query["before"] ?? "\(Int64.max)"), before > 0 else {
            throw Refusal.badRequest("'before' is a number from 1")
        }
        let subject = query["subject"].flatMap { $0.isEmpty ? nil : String($0.prefix(300)) }
        let lines = try await AuditLog.lines(
            reader.database, limit: AuditPage.rows + 1, before: before, subject: subject)
        let shown = Array(lines.prefix(AuditPage.rows))
        return AuditPage.render(
            shown, subject: subject,
            older: lines.count > AuditPage.rows ? shown.last?.id : nil, cluster: cluster.name,
            frame)
    }

    /// EC2 may not answer: the page says so, and shows the rest.
    private func volumes(of cluster: ClusterSettings, _ frame: PageFrame) async throws -> HTML {
        var (volumes, problem) = ([VolumeView](), nil as String?)
        do { volumes = try await lister.list(cluster) } catch {
            guard let refusal = error as? Refusal, refusal.isForNow else { throw error }
            problem = refusal.refusal.message
        }
        return VolumesPage.render(
            volumes, operations: try await care.all(of: cluster.name).map(\.operation),
            problem: problem, cluster: cluster.name, frame)
    }

    private func cluster(
        _ name: String, _ request: Request, _ context: PanelContext
    ) async throws -> Response {
        let data = try await reader.cluster(name, try Self.range(request))
        return page(ClusterPage.render(data, frame(context)))
    }

    private static func range(_ request: Request) throws -> PageRange {
        try PageRange.read(request.uri.queryParameters["range"].map { String($0) })
    }

    private func frame(_ context: PanelContext) -> PageFrame {
        PageFrame(
            title: "", account: LoginPage.account(context.visitor),
            hasSeveralClusters: settings.clusters.count > 1)
    }

    private func page(_ html: HTML) -> Response { Self.response(html.text, Self.html) }

    static func response(
        _ text: String, _ type: String, status: HTTPResponse.Status = .ok
    ) -> Response {
        var response = Response(
            status: status, headers: [.contentType: type, .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
        for (name, value) in [
            ("content-security-policy", policy), ("x-content-type-options", "nosniff"),
            // With none at all a browser says 'null' of where a form comes from (Fetch standard,
            // section 3.2), and none of the panel's own would be taken.
            ("referrer-policy", "same-origin"),
        ] {
            if let name = HTTPField.Name(name) { response.headers[name] = value }
        }
        return response
    }
}
