internal import CCurl
internal import Glibc

/// Passes the answer to a request on to a connected socket as it comes, with no more in memory
/// than the socket's reader is behind. An answer that broke off is continued by a Range of the
/// same object where its entity tag allows it: the reader does not notice.
///
/// Used by one caller for one request, and by the loop's thread while that is under way; hence
/// `@unchecked Sendable`.
public final class SocketRelay: @unchecked Sendable {
    /// Bytes that wait for the reader; the loop fetches nothing more meanwhile.
    private var pending: [UInt8] = []
    /// How many of them were sent.
    private var pendingSent = 0
    private let socket: Int32
    private let decide: @Sendable (Int, HTTPHeaders) -> [UInt8]?
    /// How long the reader may take nothing.
    let patience: Duration
    /// What an answer that is not passed on said, up to a limit.
    let refusal = MemorySink(limit: SocketRelay.maximumRefusal)
    /// Whether the head of an answer was sent: what fails now cannot be said in another one.
    public private(set) var hasBegun = false
    /// Whether the last answer was passed on.
    public private(set) var isPassing = false
    /// What was passed on: the status and the header of the first answer.
    public private(set) var answer: (status: Int, headers: HTTPHeaders)?
    /// Bytes of the body that were passed on.
    public private(set) var bodyBytes: Int64 = 0
    private var place = EntityPlace()

    static let maximumRefusal: Int64 = 1 << 16
    static let maximumPending = 1 << 20
    /// Bytes that libcurl reads at once. Also what a paused transfer may hold.
    static let bufferSize = 1 << 16
    /// libcurl hands what it has read on in pieces of this size (CURL_MAX_WRITE_SIZE).
    static let pieceSize = 16_384

    /// `decide` makes of an answer's status and header the head that is sent before its body, or
    /// nil: then nothing is sent, and the caller gets the body. `socket` belongs to the caller.
    public init(
        to socket: Int32, patience: Duration,
        _ decide: @escaping @Sendable (Int, HTTPHeaders) -> [UInt8]?
    ) {
        self.socket = socket
        self.patience = patience
        self.decide = decide
    }

    /// Changes a request's header so that the answer goes on where the last one broke off.
    public func continueBody(_ headers: inout HTTPHeaders) {
        guard hasBegun else { return }
        headers["range"] = "bytes=\(place.first + bodyBytes)-\(place.last)"
        headers["if-range"] = nil
        headers["if-none-match"] = nil
        headers["if-modified-since"] = nil
        headers["if-match"] = place.tag
    }

    /// Whether another attempt may go on: nothing was sent, or it is known of what and where.
    var canContinue: Bool {
        !hasBegun || (place.tag != nil && place.first + bodyBytes <= place.last)
    }
}

/// Which bytes of which entity an answer has.
private struct EntityPlace {
    /// The strong entity tag.
    var tag: String?
    var first: Int64 = 0
    var last: Int64 = -1

    init() {}

    init(_ status: Int, _ headers: HTTPHeaders) {
        tag = headers["etag"].flatMap { $0.hasPrefix("\"") ? $0 : nil }
        if status == 206 {
            guard let value = headers["content-range"], value.hasPrefix("bytes ") else { return }
            let numbers = value.dropFirst(6).prefix { $0 != "/" }.split(separator: "-")
            guard numbers.count == 2, let start = Int64(numbers[0]), let end = Int64(numbers[1])
            else { return }
            (first, last) = (start, end)
        } else {
            last = headers["content-length"].flatMap { Int64($0) }.map { $0 - 1 } ?? -1
        }
    }
}

extension SocketRelay: BodySink {
    func begin(status: Int, headers: HTTPHeaders) -> TransferError.Kind? {
        if hasBegun { return goOn(status, headers) }
        guard let head = decide(status, headers) else {
            isPassing = false
            return refusal.begin(status: status, headers: headers)
        }
        isPassing = true
        hasBegun = true
        answer = (status, headers)
        place = EntityPlace(status, headers)
        return head.withUnsafeBytes { send($0, isMore: false) }
    }

    private func goOn(_ status: Int, _ headers: HTTPHeaders) -> TransferError.Kind? {
        isPassing = false
        switch status {
        case 206:
            let found = EntityPlace(status, headers)
            guard found.tag == place.tag, found.first == place.first + bodyBytes,
                found.last == place.last
            else { return .cutShort }
            isPassing = true
            return nil
        case 200..<400, 412, 416: return .cutShort
        default: return refusal.begin(status: status, headers: headers)
        }
    }

    func write(_ bytes: UnsafeRawBufferPointer) -> TransferError.Kind? {
        guard isPassing else { return refusal.write(bytes) }
        bodyBytes += Int64(bytes.count)
        guard pending.isEmpty else {
            guard pending.count + bytes.count <= SocketRelay.maximumPending else {
                return .bodyTooLarge(limit: Int64(SocketRelay.maximumPending))
            }
            pending.append(contentsOf: bytes)
            return nil
        }
        let isLast = place.first + bodyBytes > place.last
        return send(bytes, isMore: bytes.count == SocketRelay.pieceSize && !isLast)
    }

    /// Whether the reader is behind.
    var isBlocked: Bool { !pending.isEmpty }

    var waitDescriptor: Int32 { socket }

    /// Sends what waits, as far as the reader takes it.
    func flush() -> TransferError.Kind? {
        let count = pending.withUnsafeBytes { bytes in
            sendSome(UnsafeRawBufferPointer(rebasing: bytes[pendingSent...]), isMore: false)
        }
        guard let count else { return .receiverGone }
        pendingSent += count
        if pendingSent == pending.count {
            pending = []
            pendingSent = 0
        }
        return nil
    }

    private func send(_ bytes: UnsafeRawBufferPointer, isMore: Bool) -> TransferError.Kind? {
        guard let count = sendSome(bytes, isMore: isMore) else { return .receiverGone }
        if count < bytes.count { pending.append(contentsOf: bytes[count...]) }
        return nil
    }

    /// How many bytes the socket took; nil if its other side is gone.
    private func sendSome(_ bytes: UnsafeRawBufferPointer, isMore: Bool) -> Int? {
        var flags = Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT)
        // Small pieces of what libcurl has read at once go out together.
        if isMore { flags |= Int32(MSG_MORE) }
        var sent = 0
        while sent < bytes.count {
            let count = Glibc.send(
                socket, bytes.baseAddress.map { $0 + sent }, bytes.count - sent, flags)
            if count >= 0 {
                sent += count
            } else if errno == EAGAIN {
                break
            } else if errno != EINTR {
                return nil
            }
        }
        return sent
    }
}
