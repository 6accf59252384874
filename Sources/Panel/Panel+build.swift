internal import Digests
internal import FoundationEssentials
internal import GRDB
internal import Hummingbird
public import Logging
internal import PanelAPI
internal import ServiceLifecycle

/// The Control Panel, put together: repositories on the database, services on the repositories,
/// controllers on both, and the workers that run beside the server.
public struct Panel: Sendable {
    /// Connections at once; more wait in the system's queue.
    static let maximumConnections = 20_000
    static let cloudPollInterval = Duration.milliseconds(500)
    static let watchInterval = Duration.seconds(3)

    let settings: PanelSettings
    let database: PanelDatabase
    let operatorTokenHash: Digest
    let time: PanelTime
    let logger: Logger
    let waiters: Waiters
    let nodes: NodeRepository
    let claims: ClaimRepository
    let masters: MasterRepository
    let reports: ReportRepository
    let viewer: ClusterViewer
    let enroller: Enroller
    let election: MasterElection
    let worker: ClaimWorker
    let watcher: InstanceWatcher

    /// Opens what the settings name; `operatorToken` is kept as its hash alone.
    public init(
        settings: PanelSettings, database: PanelDatabase, cloud: any Cloud,
        identities: any IdentityService, operatorToken: String, time: PanelTime = .live,
        logger: Logger
    ) async throws {
        let serverID = try await Self.prepare(database, settings, time)
        let cluster = settings.cluster
        self.settings = settings
        self.database = database
        self.time = time
        self.logger = logger
        operatorTokenHash = Digest.of(Array(operatorToken.utf8))
        waiters = Waiters(time: time)
        nodes = NodeRepository(database: database, cluster: cluster)
        claims = ClaimRepository(database: database)
        masters = MasterRepository(database: database, cluster: cluster)
        reports = ReportRepository(database: database)
        viewer = ClusterViewer(
            settings: settings, nodes: nodes, claims: claims, reports: reports, time: time)
        enroller = Enroller(
            settings: settings, serverID: serverID, time: time, nonces: NonceBook(time: time),
            identities: identities, cloud: cloud, nodes: nodes,
            tokens: TokenRepository(database: database))
        election = MasterElection(
            masters: masters, nodes: nodes, cloud: cloud, waiters: waiters, time: time)
        worker = ClaimWorker(
            claims: claims,
            steps: ClaimSteps(
                cluster: cluster, claims: claims, nodes: nodes, cloud: cloud, time: time),
            waiters: waiters, wake: WakeUp(time: time), time: time, logger: logger,
            pollInterval: Self.cloudPollInterval)
        watcher = InstanceWatcher(
            nodes: nodes, cloud: cloud, waiters: waiters, time: time, logger: logger,
            interval: Self.watchInterval)
    }

    /// The panel's own id, made once and kept for the life of the database.
    private static func prepare(
        _ database: PanelDatabase, _ settings: PanelSettings, _ time: PanelTime
    ) async throws -> String {
        let serverID = "panel-\(Hex.encode(time.random(16)))"
        let now = time.now()
        return try await database.write { database in
            try database.execute(
                sql: "INSERT INTO panel (one, serverID) VALUES (1, ?) ON CONFLICT DO NOTHING",
                arguments: [serverID])
            try database.execute(
                sql: """
                    INSERT INTO clusters (name, createdAt) VALUES (?, ?)
                    ON CONFLICT DO NOTHING
                    """, arguments: [settings.cluster, now])
            let stored = try String.fetchOne(database, sql: "SELECT serverID FROM panel")
            return stored ?? serverID
        }
    }

    func router() -> Router<PanelContext> {
        let router = Router(context: PanelContext.self)
        router.add(middleware: RefusalMiddleware())
        PageController(viewer: viewer, database: database).addRoutes(to: router)
        EnrolmentController(enroller: enroller).addRoutes(to: router.group("v1/enrolment"))
        ClusterController(viewer: viewer).addRoutes(
            to: router.group("v1/clusters")
                .add(middleware: OperatorAuthenticator(tokenHash: operatorTokenHash)))
        let own = router.group("v1")
            .add(middleware: NodeAuthenticator(tokens: enroller.tokens, time: time))
        MembershipController(election: election, nodes: nodes).addRoutes(to: own)
        ReportController(reports: reports, masters: masters, settings: settings, time: time)
            .addRoutes(to: own)
        VolumeController(claims: claims, waiters: waiters, worker: worker.wake, time: time)
            .addRoutes(to: own.group("volumes"))
        LeaveController(
            leaves: LeaveRepository(database: database, cluster: settings.cluster),
            masters: masters, time: time
        ).addRoutes(to: own.group("leaves"))
        return router
    }
}
