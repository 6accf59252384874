/// The first lines of a request or an answer: the bytes as they came, and what they say.
struct HTTPHead {
    /// With the empty line at the end.
    var bytes: [UInt8]
    /// The words of the first line; the last takes what is left.
    var start: [String]
    /// Names in lower case; of several fields of one name the last.
    var fields: [String: String] = [:]

    init?(_ bytes: [UInt8]) {
        self.bytes = bytes
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\r\n")
        start = (lines.first ?? "").split(separator: " ", maxSplits: 2).map(String.init)
        guard start.count >= 2 else { return nil }
        for line in lines.dropFirst() {
            let halves = line.split(separator: ":", maxSplits: 1)
            fields[halves[0].lowercased()] =
                halves.count > 1 ? String(halves[1].drop { $0 == " " }) : ""
        }
    }

    var method: String { start[0] }
    var target: String { start[1] }
    var status: Int { Int(start[1]) ?? 0 }

    /// How the body's end is found.
    var body: HTTPBody {
        if fields["transfer-encoding"] == "chunked" { return .chunks }
        return fields["content-length"].flatMap { Int($0) }.map { .count($0) } ?? .toTheEnd
    }
}

enum HTTPBody {
    case count(Int)
    case chunks
    case toTheEnd
}

/// Reads messages from a socket without losing a byte.
struct HTTPSource {
    let socket: LoopbackSocket
    private var buffer: [UInt8] = []

    init(_ socket: LoopbackSocket) { self.socket = socket }

    /// Nil at the end of the connection.
    mutating func head() -> HTTPHead? {
        through(Array("\r\n\r\n".utf8)).flatMap(HTTPHead.init)
    }

    /// At most `limit` bytes, at least one; nil at the end.
    mutating func some(_ limit: Int) -> [UInt8]? {
        if buffer.isEmpty {
            guard let more = socket.receive() else { return nil }
            buffer = more
        }
        defer { buffer.removeFirst(min(limit, buffer.count)) }
        return Array(buffer.prefix(limit))
    }

    /// Everything up to a mark, and the mark.
    mutating func through(_ mark: [UInt8]) -> [UInt8]? {
        while true {
            if let found = buffer.firstRange(of: mark) {
                defer { buffer.removeFirst(found.upperBound) }
                return Array(buffer[..<found.upperBound])
            }
            guard buffer.count < 1 << 20, let more = socket.receive() else { return nil }
            buffer += more
        }
    }

    /// Hands a body on as it comes; false where it ended early or `pass` had enough.
    mutating func body(_ body: HTTPBody, _ pass: ([UInt8]) -> Bool) -> Bool {
        switch body {
        case .count(let count): return bytes(count, pass)
        case .toTheEnd:
            while let some = some(.max) {
                guard pass(some) else { return false }
            }
            return true
        case .chunks:
            while let line = through(Array("\r\n".utf8)) {
                let digits = line.prefix { $0 != UInt8(ascii: ";") && $0 != UInt8(ascii: "\r") }
                guard pass(line), let size = Int(String(decoding: digits, as: UTF8.self), radix: 16)
                else { return false }
                if size == 0 { return trailer(pass) }
                guard bytes(size + 2, pass) else { return false }
            }
            return false
        }
    }

    private mutating func trailer(_ pass: ([UInt8]) -> Bool) -> Bool {
        while let line = through(Array("\r\n".utf8)) {
            guard pass(line) else { return false }
            if line.count == 2 { return true }
        }
        return false
    }

    private mutating func bytes(_ count: Int, _ pass: ([UInt8]) -> Bool) -> Bool {
        var left = count
        while left > 0 {
            guard let some = some(left), pass(some) else { return false }
            left -= some.count
        }
        return true
    }
}
