internal import Glibc

/// One client's connection through a `FaultProxy`, and one of its own to the server.
struct FaultRelay {
    let client: LoopbackSocket
    let server: LoopbackSocket
    let fault: (HTTPHead) -> Fault?

    /// Until one of the two ends it, or a fault does.
    func run() {
        var requests = HTTPSource(client)
        var answers = HTTPSource(server)
        while let head = requests.head() {
            let fault = fault(head)
            if case .hang = fault { return waitForEnd() }
            if let answer = fault?.made(for: head) {
                // Its body, if it has one, is not wanted by anybody.
                guard takeBody(head, &requests, { _ in true }), client.send(answer) else { return }
                continue
            }
            guard server.send(head.bytes), carry(head, fault, &requests, &answers) else { return }
        }
    }

    /// The rest of a request, and its answer.
    private func carry(
        _ request: HTTPHead, _ fault: Fault?, _ requests: inout HTTPSource,
        _ answers: inout HTTPSource
    ) -> Bool {
        if request.fields["expect"] != nil {
            guard let interim = answers.head() else { return false }
            // An answer without the body: the client may send it or not, so nothing can follow.
            guard interim.status == 100 else {
                _ = answer(interim, request, fault, &answers)
                return false
            }
            guard client.send(interim.bytes) else { return false }
        }
        guard takeBody(request, &requests, { server.send($0) }) else { return false }
        while let head = answers.head() {
            guard (100..<200).contains(head.status) else {
                return answer(head, request, fault, &answers)
            }
            guard client.send(head.bytes) else { return false }
        }
        return false
    }

    private func takeBody(
        _ head: HTTPHead, _ source: inout HTTPSource, _ pass: ([UInt8]) -> Bool
    ) -> Bool {
        if case .toTheEnd = head.body { return true }
        return source.body(head.body, pass)
    }

    /// Passes an answer on. False where the connection ends with it.
    private func answer(
        _ head: HTTPHead, _ request: HTTPHead, _ fault: Fault?, _ source: inout HTTPSource
    ) -> Bool {
        var head = head
        if case .contentLength(let off) = fault, case .count(let count) = head.body {
            head.announce(count + off)
        }
        let hasBody = request.method != "HEAD" && ![204, 304].contains(head.status)
        var harm = Harm(fault: fault, client: client)
        guard harm.pass(head.bytes) else { return false }
        harm.isInBody = true
        guard hasBody else { return true }
        // What it announces to the client is not what comes.
        var body = head.body
        if case .contentLength(let off) = fault, case .count(let count) = body {
            body = .count(count - off)
        }
        let isWhole = harm.begin() && source.body(body) { harm.pass($0) }
        if harm.stalls { waitForEnd() }
        if case .contentLength = fault { return false }
        if case .toTheEnd = body { return false }
        return isWhole
    }

    private func waitForEnd() {
        while client.receive() != nil {}
    }
}

extension HTTPHead {
    /// Writes another Content-Length.
    mutating func announce(_ count: Int) {
        let lines = String(decoding: bytes, as: UTF8.self).split(
            separator: "\r\n", omittingEmptySubsequences: false)
        let changed = lines.map { line in
            line.lowercased().hasPrefix("content-length:")
                ? "Content-Length: \(count)" : String(line)
        }
        bytes = Array(changed.joined(separator: "\r\n").utf8)
        fields["content-length"] = "\(count)"
    }
}

/// Passes bytes on to a client, and does to them what a fault says.
private struct Harm {
    let fault: Fault?
    let client: LoopbackSocket
    var isInBody = false
    /// Bytes of the body that were passed on.
    private var count = 0

    init(fault: Fault?, client: LoopbackSocket) {
        self.fault = fault
        self.client = client
    }

    var stalls: Bool {
        if case .stall(let limit) = fault { return isInBody && count >= limit }
        return false
    }

    /// Before the first byte of the body, of which there may be none.
    mutating func begin() -> Bool { pass([]) }

    mutating func pass(_ bytes: [UInt8]) -> Bool {
        if case .dribble(let wait) = fault { return dribble(bytes, wait) }
        guard isInBody else { return client.send(bytes) }
        switch fault {
        case .corrupt(let place):
            var bytes = bytes
            if bytes.indices.contains(place - count) { bytes[place - count] ^= 0xFF }
            count += bytes.count
            return client.send(bytes)
        case .reset(let limit), .truncate(let limit), .stall(let limit):
            let some = bytes.prefix(limit - count)
            count += some.count
            guard client.send(Array(some)) else { return false }
            guard count >= limit else { return true }
            if case .reset = fault { client.reset() }
            return false
        default: return client.send(bytes)
        }
    }

    private func dribble(_ bytes: [UInt8], _ wait: Duration) -> Bool {
        let (seconds, attoseconds) = wait.components
        for byte in bytes {
            var time = timespec(
                tv_sec: Int(seconds), tv_nsec: Int(attoseconds / 1_000_000_000))
            nanosleep(&time, nil)
            guard client.send([byte]) else { return false }
        }
        return true
    }
}
