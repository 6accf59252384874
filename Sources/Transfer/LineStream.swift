extension TransferClient {
    /// Of one line, in bytes; a longer one is an error.
    public static let maximumLine = 1 << 20

    /// One attempt, whose answer is handed on line by line as it comes, so that it may be larger
    /// than what fits into memory. `each` is called on a thread of the client's own, one line after
    /// the other, and for an answer of status 200 alone. Throws where the answer was cut short.
    public func lines(
        _ request: HTTPRequest, limits: TransferLimits = .file,
        _ each: @escaping @Sendable (String) -> Void
    ) async throws(TransferError) -> HTTPResponse {
        let sink = LineSink(limit: limits.maximumBody, each: each)
        let response = try await perform(request, limits, sink)
        sink.finish()
        return response
    }
}

/// Cuts the body into lines.
final class LineSink: BodySink {
    private let limit: Int64
    private let each: @Sendable (String) -> Void
    private var rest: [UInt8] = []
    private var count: Int64 = 0
    private var isText = false

    init(limit: Int64, each: @escaping @Sendable (String) -> Void) {
        self.limit = limit
        self.each = each
    }

    func begin(status: Int, headers: HTTPHeaders) -> TransferError.Kind? {
        rest = []
        isText = status == 200
        return nil
    }

    func write(_ bytes: UnsafeRawBufferPointer) -> TransferError.Kind? {
        count += Int64(bytes.count)
        guard count <= limit else { return .bodyTooLarge(limit: limit) }
        guard isText else { return nil }
        for part in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
            .dropLast()
        {
            rest.append(contentsOf: part)
            flush()
        }
        let end = bytes.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? bytes.startIndex
        rest.append(contentsOf: bytes[end...])
        guard rest.count <= TransferClient.maximumLine else {
            return .bodyTooLarge(limit: Int64(TransferClient.maximumLine))
        }
        return nil
    }

    /// The last line may have no end.
    func finish() { if isText, !rest.isEmpty { flush() } }

    private func flush() {
        each(String(decoding: rest, as: UTF8.self))
        rest.removeAll(keepingCapacity: true)
    }
}
