internal import Digests
internal import FoundationEssentials
internal import GRDB
internal import Hummingbird
public import Logging
internal import PanelAPI
internal import ServiceLifecycle
internal import Transfer

/// The Control Panel, put together: repositories on the database, services on the repositories,
/// controllers on both, and the workers that run beside the server.
public struct Panel: Sendable {
    /// Connections at once; more wait in the system's queue.
    static let maximumConnections = 20_000
    static let cloudPollInterval = Duration.milliseconds(500)
    static let watchInterval = Duration.seconds(3)

    let settings: PanelSettings
    let database: PanelDatabase
    let access: Access
    let tls: TLSKeeper?
    let connectionLimits: ConnectionLimits
    let time: PanelTime
    let logger: Logger
    let waiters: Waiters
    let answers = AnswerRoom()
    let turns = Gate(
        maximum: Turns.heartbeats, waiting: Self.maximumConnections, name: "heartbeats")
    let nodes: NodeRepository
    let rolls: MemberRolls
    let claims: ClaimRepository
    let masters: MasterRepository
    let reports: ReportRepository
    let metrics: MetricStore
    let intake: MetricIntake
    let forward: MetricForward
    let viewer: ClusterViewer
    let enroller: Enroller
    let passes: EnrolmentTokenRepository
    let election: MasterElection
    let worker: ClaimWorker
    let watcher: InstanceWatcher
    let launches: LaunchWorker
    let care: CareWorker
    let drains: DrainWorker
    let balances: BalanceWorker

    /// Opens what the settings name; `operatorToken` is kept as its hash alone.
    public init(
        settings: PanelSettings, database: PanelDatabase, cloud: any Cloud,
        identities: any IdentityService, operatorToken: String, time: PanelTime = .live,
        logger: Logger
    ) async throws {
        try await self.init(
            settings: settings, database: database, cloud: cloud, identities: identities,
            operatorToken: operatorToken, hasher: PasswordHasher(random: time.random),
            limits: ConnectionLimits(), hdfs: LiveHDFS(transfer: TransferClient()), time: time,
            logger: logger)
    }

    init(
        settings: PanelSettings, database: PanelDatabase, cloud: any Cloud,
        identities: any IdentityService, operatorToken: String, hasher: PasswordHasher,
        limits: ConnectionLimits, hdfs: any HDFSView, time: PanelTime, logger: Logger
    ) async throws {
        let serverID = try await Self.prepare(database, settings, time)
        self.settings = settings
        self.database = database
        self.time = time
        self.logger = logger
        tls = try SelfMadeCertificate.keeper(settings, time: time)
        var limits = limits
        limits.perAddress = settings.access.connectionsPerAddress
        connectionLimits = limits
        access = Access(
            settings.access, isSecure: tls != nil, database: database,
            tokenHash: Digest.of(Array(operatorToken.utf8)), hasher: hasher, time: time)
        waiters = Waiters(time: time)
        nodes = NodeRepository(database: database)
        rolls = MemberRolls(nodes: nodes, waiters: waiters, time: time)
        claims = ClaimRepository(database: database)
        masters = MasterRepository(database: database)
        metrics = MetricStore(database: database)
        forward = MetricForward(settings.forwards)
        intake = MetricIntake(
            store: metrics, time: time, hostPosition: settings.graphiteHostPosition,
            forward: forward)
        reports = ReportRepository(database: database, metrics: metrics, forward: forward)
        viewer = ClusterViewer(
            settings: settings, nodes: nodes, claims: claims, reports: reports,
            masters: masters, time: time)
        passes = EnrolmentTokenRepository(database: database)
        enroller = Enroller(
            settings: settings, serverID: serverID, time: time, nonces: NonceBook(time: time),
            identities: identities, questions: InstanceQuestions(cloud), nodes: nodes,
            tokens: TokenRepository(database: database), passes: passes, rolls: rolls,
            loads: reports.loads)
        election = MasterElection(
            settings: settings, masters: masters, nodes: nodes, cloud: cloud, waiters: waiters,
            time: time)
        worker = ClaimWorker(
            claims: claims,
            steps: ClaimSteps(claims: claims, nodes: nodes, cloud: cloud, time: time),
            waiters: waiters, wake: WakeUp(time: time), time: time, logger: logger,
            pollInterval: Self.cloudPollInterval)
        launches = Self.launchWorker(
            settings, database, nodes, cloud, time, logger)
        care = Self.careWorker(database, claims, nodes, cloud, time, logger)
        drains = Self.drainWorker(settings, nodes, masters, claims, launches, rolls, hdfs)
        balances = Self.balanceWorker(database, time, logger)
        watcher = InstanceWatcher(
            nodes: nodes, cloud: cloud, waiters: waiters, rolls: rolls, time: time,
            logger: logger, interval: Self.watchInterval)
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
            for cluster in settings.clusters {
                try database.execute(
                    sql: """
                        INSERT INTO clusters (name, createdAt) VALUES (?, ?)
                        ON CONFLICT DO NOTHING
                        """, arguments: [cluster.name, now])
            }
            let stored = try String.fetchOne(database, sql: "SELECT serverID FROM panel")
            return stored ?? serverID
        }
    }

    func router() -> Router<PanelContext> {
        let router = Router(context: PanelContext.self)
        router.add(middleware: SecurityHeaders(isSecure: tls != nil))
        router.add(middleware: RefusalMiddleware(notes: access.notes))
        router.add(middleware: LargeAnswers(room: answers))
        addAccessRoutes(to: router)
        pageController.addRoutes(
            to: router,
            pages: router.group().add(middleware: PersonAuthenticator(access: access, isPage: true))
        )
        EnrolmentController(enroller: enroller).addRoutes(
            to: router.group("v1/enrolment")
                .add(middleware: AddressLimit(limit: access.enrolments)))
        OldHeartbeatController(heartbeats: oldHeartbeats).addRoutes(
            to: router.group("heartbeat").add(middleware: AddressLimit(limit: access.enrolments)))
        let people = PersonAuthenticator(access: access)
        let operators = PersonAuthenticator(access: access, role: .operator)
        let measured = MetricController(
            viewer: viewer, store: metrics, intake: intake, time: time)
        let clusters = router.group("v1/clusters").add(middleware: people)
        ClusterController(viewer: viewer).addRoutes(to: clusters)
        measured.addClusterRoutes(to: clusters)
        QueueController(settings: settings, store: metrics, time: time).addRoutes(to: clusters)
        launchController.addRoutes(to: clusters)
        drainController.addRoutes(to: clusters)
        balanceController.addRoutes(to: clusters)
        clusterLifeController.addRoutes(to: clusters)
        volumeCareController.addRoutes(to: clusters)
        DecisionController(
            settings: settings, decisions: autoscaler.decisions, time: time
        ).addRoutes(to: clusters)
        AuditController(database: database).addRoutes(
            to: router.group("v1/audit").add(middleware: people))
        measured.addRoutes(to: router.group().add(middleware: people))
        TokenController(passes: passes, settings: settings, time: time).addRoutes(
            to: router.group("v1/enrolment-tokens").add(middleware: operators))
        let own = router.group("v1")
            .add(middleware: NodeAuthenticator(tokens: enroller.tokens, time: time))
        MembershipController(election: election, rolls: rolls).addRoutes(to: own)
        balanceController.addNodeRoutes(to: own)
        ReportController(reports: reports, masters: masters, settings: settings, time: time)
            .addRoutes(
                to: router.group("v1").add(middleware: Turns(gate: turns)).add(
                    middleware: NodeAuthenticator(
                        tokens: enroller.tokens, time: time, notes: false)))
        VolumeController(claims: claims, waiters: waiters, worker: worker.wake, time: time)
            .addRoutes(to: own.group("volumes"))
        LeaveController(
            leaves: LeaveRepository(database: database),
            masters: masters, time: time
        ).addRoutes(to: own.group("leaves"))
        return router
    }
}
