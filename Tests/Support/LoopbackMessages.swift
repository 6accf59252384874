/// Reads one request after another from a connection.
struct RequestReader {
    let socket: LoopbackSocket
    let connection: Int
    private var buffer: [UInt8] = []

    init(socket: LoopbackSocket, connection: Int) {
        self.socket = socket
        self.connection = connection
    }

    /// Nil at the end of the connection.
    mutating func next() -> LoopbackServer.Request? {
        let mark = Array("\r\n\r\n".utf8)
        while buffer.firstRange(of: mark) == nil {
            guard let more = socket.receive() else { return nil }
            buffer += more
        }
        guard let end = buffer.firstRange(of: mark) else { return nil }
        let head = String(decoding: buffer[..<end.lowerBound], as: UTF8.self)
        buffer.removeSubrange(..<end.upperBound)
        let lines = head.split(separator: "\r\n")
        let start = lines.first?.split(separator: " ") ?? []
        guard start.count == 3 else { return nil }
        var headers: [String: String] = [:]
        for line in lines.dropFirst() {
            let halves = line.split(separator: ":", maxSplits: 1)
            headers[halves[0].lowercased()] = halves.count > 1 ? trimmed(halves[1]) : ""
        }
        guard let body = body(headers["content-length"].flatMap { Int($0) } ?? 0) else {
            return nil
        }
        return LoopbackServer.Request(
            method: String(start[0]), target: String(start[1]), headers: headers, body: body,
            connection: connection)
    }

    private mutating func body(_ count: Int) -> [UInt8]? {
        while buffer.count < count {
            guard let more = socket.receive() else { return nil }
            buffer += more
        }
        defer { buffer.removeSubrange(..<count) }
        return Array(buffer[..<count])
    }

    private func trimmed(_ text: Substring) -> String {
        String(text.drop { $0 == " " })
    }
}

extension LoopbackServer.Answer {
    /// False if the connection is to be closed.
    func send(to socket: LoopbackSocket, _ request: LoopbackServer.Request) -> Bool {
        if case .silence = fault { return waitForEnd(socket) }
        let (status, headers, body) = ranged(request)
        var head = "HTTP/1.1 \(status) Status\r\n"
        for (name, value) in headers { head += "\(name): \(value)\r\n" }
        if !headers.keys.contains("Transfer-Encoding") {
            head += "Content-Length: \(body.count)\r\n"
        }
        guard socket.send(Array((head + "\r\n").utf8)) else { return false }
        if request.method == "HEAD" { return true }
        switch fault {
        case .close(let count):
            socket.send(Array(body.prefix(count)))
            return false
        case .stall(let count):
            socket.send(Array(body.prefix(count)))
            return waitForEnd(socket)
        default:
            return socket.send(body)
        }
    }

    private func waitForEnd(_ socket: LoopbackSocket) -> Bool {
        while socket.receive() != nil {}
        return false
    }

    private func ranged(
        _ request: LoopbackServer.Request
    ) -> (Int, [String: String], [UInt8]) {
        guard honoursRange, let range = request.headers["range"], range.hasPrefix("bytes="),
            let start = Int(range.dropFirst(6).prefix { $0 != "-" })
        else { return (status, headers, body) }
        if let tag = request.headers["if-range"], tag != headers["ETag"] {
            return (status, headers, body)
        }
        guard start < body.count else { return (416, headers, []) }
        var headers = headers
        headers["Content-Range"] = "bytes \(start)-\(body.count - 1)/\(body.count)"
        return (206, headers, Array(body[start...]))
    }
}
