public import AWS
internal import Glibc
internal import Synchronization
public import Transfer

/// Serves a private bucket to the programs of this machine that cannot sign: each request is
/// checked, signed and sent on, and its answer passed on as it comes.
public final class Gateway: Sendable {
    public struct Settings: Sendable {
        /// User ids that may ask; whoever else connects is refused.
        public var users: Set<UInt32> = [0]
        /// Clients at one time; more wait until one goes.
        public var maximumConnections = 64
        /// How long a connection without a request stays.
        public var idle: Duration = .seconds(30)
        /// How long a request's header may take from its first byte.
        public var head: Duration = .seconds(10)
        /// How long a client may take nothing of what is sent to it.
        public var slow: Duration = .seconds(30)
        /// How S3 is asked. It may be silent for less than dnf waits (30 s).
        public var retry = RetryPolicy.standard
        public var limits = TransferLimits(
            total: .seconds(3600), stall: .seconds(12), maximumBody: 1 << 40)

        public init() {}
    }

    struct State {
        var open: [Int: ClientSocket] = [:]
        /// Those that have no request under way.
        var idle: Set<Int> = []
        var refusing = 0
        var count = 0
        var isStopping = false
    }

    let rules: GatewayRules
    let client: S3Client
    let settings: Settings
    let log: GatewayLog
    let state = Monitor(State())
    /// Its reading end becomes readable when the gateway stops.
    private let stopPipe: (read: Int32, write: Int32)

    /// Refused clients that are answered at one time; more are dropped.
    static let maximumRefusing = 8

    /// `log` gets lines for whoever looks after the machine; none has a secret.
    public init(
        rules: GatewayRules, client: S3Client, settings: Settings = Settings(),
        log: @escaping @Sendable (String) -> Void
    ) {
        self.rules = rules
        self.client = client
        self.settings = settings
        self.log = GatewayLog(log)
        var ends: [Int32] = [0, 0]
        precondition(pipe(&ends) == 0, "no pipe")
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        stopPipe = (ends[0], ends[1])
    }

    deinit {
        close(stopPipe.read)
        close(stopPipe.write)
    }

    /// Takes clients of these sockets from now on.
    public func serve(_ sockets: [ListeningSocket]) {
        for socket in sockets {
            precondition(OwnThread.start { self.accept(socket) }, "no thread")
        }
    }

    /// Takes no more clients, lets those that get an answer have the rest of it, and ends them
    /// after `limit`.
    public func stop(within limit: Duration) async {
        let idle = state.change { state in
            state.isStopping = true
            return state.idle.compactMap { state.open[$0] }
        }
        _ = write(stopPipe.write, [0], 1)
        for socket in idle { socket.shutDown() }
        if await isEmpty(within: limit) { return }
        for socket in state.change({ Array($0.open.values) }) { socket.shutDown() }
        _ = await isEmpty(within: .seconds(2))
    }

    private func isEmpty(within limit: Duration) async -> Bool {
        let end = ContinuousClock.now.advanced(by: limit)
        while !state.change({ $0.open.isEmpty }) {
            guard ContinuousClock.now < end else { return false }
            try? await Task.sleep(for: .milliseconds(10))
        }
        return true
    }

    private func accept(_ listener: ListeningSocket) {
        while let socket = listener.accept(until: stopPipe.read) {
            socket.prepare()
            if let why = whyNot(socket) {
                refuse(socket, why)
            } else {
                serve(socket)
            }
        }
        close(listener.descriptor)
    }

    /// Why a client is not served, by who it is.
    private func whyNot(_ socket: ClientSocket) -> String? {
        guard let pair = socket.pair else { return "this is no connection of TCP" }
        do throws(SocketOwner.Unknown) {
            let user = try SocketOwner.user(of: pair)
            guard !settings.users.contains(user) else { return nil }
            return "user \(user) may not use this gateway (howdah-node gateway --allow-user)"
        } catch {
            return "whose connection it is could not be found out: \(error)"
        }
    }

    private func refuse(_ socket: ClientSocket, _ why: String) {
        log.write("refused: \(why)")
        let isTaken = state.change { state in
            guard state.refusing < Gateway.maximumRefusing else { return false }
            state.refusing += 1
            return true
        }
        let settings = settings
        let isStarted =
            isTaken
            && OwnThread.start { [state] in
                // Read first, or the answer could be lost to a reset.
                var reader = HeadReader(socket)
                _ = reader.next(idle: .seconds(2), head: min(.seconds(2), settings.head))
                _ = socket.send(
                    AnswerHead.refusing(Refusal(403, why), keepsConnection: false),
                    within: .seconds(2))
                socket.finish(within: .seconds(2))
                socket.close()
                state.change { $0.refusing -= 1 }
            }
        guard !isStarted else { return }
        if isTaken { state.change { $0.refusing -= 1 } }
        socket.close()
    }

    /// Waits for a place, and gives the client a thread.
    private func serve(_ socket: ClientSocket) {
        let limit = settings.maximumConnections
        let number: Int? = state.wait { state in
            if state.isStopping { return .some(nil) }
            guard state.open.count < limit else { return nil }
            state.count += 1
            state.open[state.count] = socket
            state.idle.insert(state.count)
            return state.count
        }
        guard let number else { return socket.close() }
        let isStarted = OwnThread.start {
            ClientConnection(number: number, socket: socket, gateway: self).run()
            self.end(number, socket)
        }
        if !isStarted {
            log.write("no thread for a client")
            end(number, socket)
        }
    }

    private func end(_ number: Int, _ socket: ClientSocket) {
        // Forgotten before it is closed: the number may be another socket's at once.
        state.change { state in
            state.open[number] = nil
            state.idle.remove(number)
        }
        socket.close()
    }
}
