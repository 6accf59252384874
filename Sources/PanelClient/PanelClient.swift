public import PanelAPI

/// Answers the panel's challenge with a signed identity.
public typealias IdentityProver = @Sendable (EnrolmentChallenge) async throws -> EnrolmentRequest

/// What a node shows of who it is.
public enum EnrolmentProof: Sendable {
    /// What STS knows.
    case identity(EnrolmentRequest)
    /// The node's own key, where there is no STS.
    case key(KeyEnrolmentRequest)
}

/// A node's way to its panel: enrols when a call first needs it, keeps the token in memory alone,
/// and enrols again shortly before the token ends or when the panel no longer knows it (a panel
/// that was restarted or restored from a backup).
public actor PanelClient {
    /// How long before its end a token is renewed.
    public static let renewalMargin = Duration.seconds(60)
    /// Answers the panel's challenge.
    public typealias Prover = @Sendable (EnrolmentChallenge) async throws -> EnrolmentProof
    /// The longest that the panel holds a long poll open; ask again after it.
    public static let maximumWaitSeconds = 30

    let caller: Caller
    private let prove: Prover?
    private let clock: any Clock<Duration>
    private var enrolment: Enrolment?
    private var renewal: (@Sendable () -> Bool)?
    private var enrolling: Task<Enrolment, any Error>?

    /// `url` is the panel's, such as `http://10.77.0.1:8080`; `prove` is nil for operators.
    public init(
        url: String, transport: any PanelTransport, clock: any Clock<Duration> = ContinuousClock(),
        prove: IdentityProver? = nil
    ) {
        self.caller = Caller(base: url, transport: transport)
        self.clock = clock
        self.prove = prove.map(Self.byIdentity)
    }

    /// A node that shows either.
    public init(
        url: String, transport: any PanelTransport, clock: any Clock<Duration> = ContinuousClock(),
        proof: @escaping Prover
    ) {
        self.caller = Caller(base: url, transport: transport)
        self.clock = clock
        self.prove = proof
    }

    private static func byIdentity(_ prove: @escaping IdentityProver) -> Prover {
        { challenge in EnrolmentProof.identity(try await prove(challenge)) }
    }

    /// Enrols now, whatever is known; calls that come meanwhile wait for the same answer.
    @discardableResult
    public func enrol() async throws -> Enrolment {
        if let enrolling { return try await enrolling.value }
        guard let prove else { throw PanelError.noIdentity(call: "enrol") }
        let task = Task { [caller] in
            let challenge = try await caller.challenge()
            return try await caller.enrol(try await prove(challenge))
        }
        enrolling = task
        defer { enrolling = nil }
        let fresh = try await withTaskCancellationHandler {
            try await task.value
        } onCancel: {
            task.cancel()
        }
        enrolment = fresh
        renewal = Self.alarm(
            clock, after: .seconds(fresh.expiresInSeconds) - Self.renewalMargin)
        return fresh
    }

    /// The enrolment that holds now; enrols if there is none or it is about to end.
    public func currentEnrolment() async throws -> Enrolment {
        if let enrolment, let renewal, !renewal() { return enrolment }
        return try await enrol()
    }

    /// Makes a call with the node's token; once more with a new one if the panel says 401.
    func asNode(
        _ method: String, _ path: String, body: [UInt8] = [], limit: Duration = Caller.callLimit
    ) async throws -> PanelAnswer {
        let token = try await currentEnrolment().token
        do {
            return try await caller.call(method, path, bearer: token, body: body, limit: limit)
        } catch PanelError.refused(_, 401, _) {
            let renewed =
                if let enrolment, enrolment.token != token { enrolment } else { try await enrol() }
            return try await caller.call(
                method, path, bearer: renewed.token, body: body, limit: limit)
        }
    }

    /// A question that turns true once `span` has passed.
    private static func alarm(
        _ clock: some Clock<Duration>, after span: Duration
    ) -> @Sendable () -> Bool {
        let end = clock.now.advanced(by: span)
        return { clock.now >= end }
    }
}
