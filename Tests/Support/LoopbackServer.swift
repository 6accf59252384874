internal import Synchronization

/// An HTTP server on 127.0.0.1 that answers what it was told to, once each and in the order given
/// for one method and target. Anything else, and anything left over, fails the test.
public final class LoopbackServer: Sendable {
    /// A request as it came.
    public struct Request: Sendable {
        public var method: String
        /// Path and query.
        public var target: String
        /// Names in lower case.
        public var headers: [String: String]
        public var body: [UInt8]
        /// Counts the connections from 1, so that a test can see which were reused.
        public var connection: Int
    }

    /// What is answered, and how badly.
    public struct Answer: Sendable {
        public enum Fault: Sendable {
            /// Closes the connection after so many bytes of the body.
            case close(after: Int)
            /// Sends so many bytes of the body, then nothing until the client goes.
            case stall(after: Int)
            /// Reads the request and says nothing until the client goes.
            case silence
        }

        public var status: Int
        public var headers: [String: String]
        public var body: [UInt8]
        public var fault: Fault?
        /// Answers Range with 206, unless If-Range names another entity tag.
        public var honoursRange: Bool

        public init(
            _ status: Int, headers: [String: String] = [:], body: [UInt8] = [],
            fault: Fault? = nil, honoursRange: Bool = false
        ) {
            self.status = status
            self.headers = headers
            self.body = body
            self.fault = fault
            self.honoursRange = honoursRange
        }

        public init(_ status: Int, headers: [String: String] = [:], _ text: String) {
            self.init(status, headers: headers, body: Array(text.utf8))
        }
    }

    /// One expected request and its answer.
    public struct Exchange: Sendable {
        var method: String
        var target: String
        var answer: Answer

        public init(_ method: String, _ target: String, _ answer: Answer) {
            self.method = method
            self.target = target
            self.answer = answer
        }
    }

    /// What went otherwise than it was told.
    public struct Unexpected: Error, CustomStringConvertible {
        public var lines: [String]
        public var description: String { "loopback server: \(lines.joined(separator: "; "))" }
    }

    private struct State {
        var waiting: [Exchange]
        var requests: [Request] = []
        var unexpected: [String] = []
        var open: [Int: LoopbackSocket] = [:]
        var connections = 0
        var isStopped = false
    }

    public let port: UInt16
    private let listener: LoopbackSocket
    private let state: Mutex<State>

    private init(_ exchanges: [Exchange]) {
        (listener, port) = LoopbackSocket.listen()
        state = Mutex(State(waiting: exchanges))
    }

    deinit { listener.close() }

    /// Runs `body` with a server; throws `Unexpected` unless exactly what was told happened.
    public static func with<Value>(
        _ exchanges: [Exchange], _ body: (LoopbackServer) async throws -> Value
    ) async throws -> Value {
        let server = LoopbackServer(exchanges)
        detachThread { server.accept() }
        defer { server.stop() }
        let value = try await body(server)
        try server.check()
        return value
    }

    public var url: String { "http://127.0.0.1:\(port)" }

    /// The requests that came so far.
    public var requests: [Request] { state.withLock { $0.requests } }

    /// Waits until a first request has come; fails after five minutes without one.
    public func firstRequest() async throws {
        let start = ContinuousClock.now
        while requests.isEmpty {
            guard ContinuousClock.now - start < .seconds(300) else {
                throw Unexpected(lines: ["no request came"])
            }
            try await Task.sleep(for: .milliseconds(5))
        }
    }

    private func check() throws {
        let lines = state.withLock { state in
            state.unexpected + state.waiting.map { "never asked for: \($0.method) \($0.target)" }
        }
        guard lines.isEmpty else { throw Unexpected(lines: lines) }
    }

    private func stop() {
        let open = state.withLock { state in
            state.isStopped = true
            return Array(state.open.values)
        }
        listener.shutDown()
        for socket in open { socket.shutDown() }
    }

    private func accept() {
        while let socket = listener.accept() {
            let number = state.withLock { state in
                state.connections += 1
                if state.isStopped { socket.shutDown() }
                state.open[state.connections] = socket
                return state.connections
            }
            detachThread {
                self.serve(socket, number)
                // Forgotten before it is closed: the number may be another socket's at once.
                self.state.withLock { $0.open[number] = nil }
                socket.close()
            }
        }
    }

    private func serve(_ socket: LoopbackSocket, _ number: Int) {
        var reader = RequestReader(socket: socket, connection: number)
        while let request = reader.next() {
            guard answer(request).send(to: socket, request) else { return }
        }
    }

    private func answer(_ request: Request) -> Answer {
        state.withLock { state in
            state.requests.append(request)
            let place = state.waiting.firstIndex {
                $0.method == request.method && $0.target == request.target
            }
            guard let place else {
                state.unexpected.append("unexpected: \(request.method) \(request.target)")
                return Answer(599, "this request was not expected")
            }
            return state.waiting.remove(at: place).answer
        }
    }
}
