/// Cuts a client's bytes into the headers of requests.
struct HeadReader {
    enum Next: Equatable {
        /// Without the empty line at its end.
        case head([UInt8])
        /// The client has gone, or asks nothing more.
        case end
        case refused(Refusal)
    }

    private let socket: ClientSocket
    private var buffer: [UInt8] = []
    /// Bytes of the buffer that have no header's end in them.
    private var searched = 0

    init(_ socket: ClientSocket) { self.socket = socket }

    /// `idle` bounds the wait for a first byte, `head` that from there to the last one.
    mutating func next(idle: Duration, head: Duration) -> Next {
        var deadline: ContinuousClock.Instant?
        while true {
            if let found = cut() { return .head(found) }
            guard buffer.count <= RequestHead.maximumBytes else {
                return .refused(Refusal(431, "the header is too long"))
            }
            if !buffer.isEmpty, deadline == nil { deadline = .now.advanced(by: head) }
            switch socket.receive(within: deadline.map { $0 - .now } ?? idle) {
            case .bytes(let bytes): buffer += bytes
            case .end: return .end
            case .late:
                guard deadline != nil else { return .end }
                return .refused(Refusal(408, "the header took longer than \(head)"))
            }
        }
    }

    private mutating func cut() -> [UInt8]? {
        let mark: [UInt8] = [13, 10, 13, 10]
        var place = max(0, searched - 3)
        while place + 4 <= buffer.count {
            if buffer[place] == 13, buffer[place..<place + 4].elementsEqual(mark) {
                defer {
                    buffer.removeFirst(place + 4)
                    searched = 0
                }
                return Array(buffer[..<place])
            }
            place += 1
        }
        searched = buffer.count
        return nil
    }
}
