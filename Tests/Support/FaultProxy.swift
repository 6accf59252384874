internal import Synchronization

/// A proxy on 127.0.0.1 before someone else's HTTP server that does harm to the requests that a
/// test names. Everything else goes through byte by byte, the Host header too, or a signature
/// would not hold. A fault that no request came for fails the test.
public final class FaultProxy: Sendable {
    /// A request as it came.
    public struct Request: Sendable {
        public var method: String
        /// Path and query, as they were sent.
        public var target: String
        /// Names in lower case.
        public var headers: [String: String]
        /// What was done to it; nil if it went through.
        public var fault: Fault?
    }

    /// Which requests get which fault. Of several rules for one request the first counts.
    public struct Rule: Sendable {
        var method: String?
        var path: String
        var occurrences: ClosedRange<Int>
        var fault: Fault

        /// A method of nil is any; `path` is the path without its query, `*` in it any text.
        /// `occurrences` count the requests alone that the rule's method and path fit, from 1.
        public init(
            _ method: String?, _ path: String, _ fault: Fault,
            on occurrences: ClosedRange<Int> = 1...1
        ) {
            self.method = method
            self.path = path
            self.occurrences = occurrences
            self.fault = fault
        }

        /// Of every such request.
        public static let always = 1...Int.max

        func fits(_ head: HTTPHead) -> Bool {
            (method == nil || method == head.method)
                && matches(path[...], head.target.prefix { $0 != "?" })
        }

        private func matches(_ pattern: Substring, _ text: Substring) -> Bool {
            guard let first = pattern.first else { return text.isEmpty }
            guard first == "*" else {
                return text.first == first && matches(pattern.dropFirst(), text.dropFirst())
            }
            let rest = pattern.dropFirst()
            return rest.isEmpty || text.indices.contains { matches(rest, text[$0...]) }
        }
    }

    /// Rules that no request came for.
    public struct Unused: Error, CustomStringConvertible {
        public var rules: [String]
        public var description: String { "fault proxy: unused: \(rules.joined(separator: "; "))" }
    }

    private struct State {
        var rules: [(rule: Rule, seen: Int)]
        var requests: [Request] = []
        var open: [Int: LoopbackSocket] = [:]
        var sockets = 0
        var connections = 0
        var isStopped = false
    }

    public let port: UInt16
    let target: UInt16
    private let listener: LoopbackSocket
    private let state: Mutex<State>

    private init(_ target: UInt16, _ rules: [Rule]) {
        self.target = target
        (listener, port) = LoopbackSocket.listen()
        state = Mutex(State(rules: rules.map { ($0, 0) }))
    }

    deinit { listener.close() }

    /// Runs `body` with a proxy before `port` of 127.0.0.1. Throws `Unused` where a rule's first
    /// occurrence never came.
    public static func with<Value>(
        before port: UInt16, _ rules: [Rule] = [], _ body: (FaultProxy) async throws -> Value
    ) async throws -> Value {
        let proxy = FaultProxy(port, rules)
        detachThread { proxy.accept() }
        defer { proxy.stop() }
        let value = try await body(proxy)
        let unused = proxy.state.withLock { state in
            state.rules.filter { $0.seen < $0.rule.occurrences.lowerBound }
        }
        guard unused.isEmpty else {
            throw Unused(rules: unused.map { "\($0.rule.method ?? "any") '\($0.rule.path)'" })
        }
        return value
    }

    public var url: String { "http://127.0.0.1:\(port)" }

    /// The requests that came so far, in their order.
    public var requests: [Request] { state.withLock { $0.requests } }

    /// How many connections clients have made.
    public var connections: Int { state.withLock { $0.connections } }

    /// One more rule, behind the others. It counts from here.
    public func add(_ rule: Rule) { state.withLock { $0.rules.append((rule, 0)) } }

    /// Forgets all rules: from here everything goes through.
    public func clear() { state.withLock { $0.rules = [] } }

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
            state.withLock { $0.connections += 1 }
            detachThread { self.serve(socket) }
        }
    }

    private func serve(_ client: LoopbackSocket) {
        guard let server = LoopbackSocket.connect(target) else { return client.close() }
        let numbers = [client, server].map(register)
        FaultRelay(client: client, server: server, fault: decide).run()
        // Forgotten before they are closed: a number may be another socket's at once.
        state.withLock { state in numbers.forEach { state.open[$0] = nil } }
        client.close()
        server.close()
    }

    private func register(_ socket: LoopbackSocket) -> Int {
        state.withLock { state in
            state.sockets += 1
            if state.isStopped { socket.shutDown() }
            state.open[state.sockets] = socket
            return state.sockets
        }
    }

    private func decide(_ head: HTTPHead) -> Fault? {
        state.withLock { state in
            var fault: Fault?
            for place in state.rules.indices where state.rules[place].rule.fits(head) {
                state.rules[place].seen += 1
                let (rule, seen) = state.rules[place]
                if fault == nil, rule.occurrences.contains(seen) { fault = rule.fault }
            }
            state.requests.append(
                Request(
                    method: head.method, target: head.target, headers: head.fields, fault: fault))
            return fault
        }
    }
}
