internal import CCurl
internal import Digests
internal import Glibc

/// Where the body of a response goes. Used on the loop's thread alone, one attempt after another.
protocol BodySink: AnyObject {
    /// The header is complete; nil to go on, or why not.
    func begin(status: Int, headers: HTTPHeaders) -> TransferError.Kind?
    func write(_ bytes: UnsafeRawBufferPointer) -> TransferError.Kind?
}

/// Collects the body in memory.
final class MemorySink: BodySink {
    private(set) var bytes: [UInt8] = []
    private let limit: Int64

    init(limit: Int64) { self.limit = limit }

    func begin(status: Int, headers: HTTPHeaders) -> TransferError.Kind? {
        bytes.removeAll()
        return nil
    }

    func write(_ more: UnsafeRawBufferPointer) -> TransferError.Kind? {
        guard Int64(bytes.count + more.count) <= limit else { return .bodyTooLarge(limit: limit) }
        bytes.append(contentsOf: more)
        return nil
    }
}

/// Writes the body to a file and hashes it on the way. An interrupted attempt leaves the file and
/// the hash where they are, and the next attempt goes on from there if the server agrees.
final class FileSink: BodySink {
    private(set) var count: Int64 = 0
    /// The strong entity tag of what `count` bytes are of.
    private(set) var entityTag: String?
    /// What an answer that is no file said, up to a limit.
    let refusal = MemorySink(limit: FileSink.maximumRefusal)
    private var hasher: StreamHasher
    private var isFile = false
    /// Whether what there is came to an earlier process, whose entity tag nobody knows: the digest
    /// of the whole decides.
    private(set) var isInherited = false
    private let file: PartialFile
    private let limit: Int64

    static let maximumRefusal: Int64 = 1 << 20

    init(file: PartialFile, algorithm: DigestAlgorithm, limit: Int64) {
        self.file = file
        self.limit = limit
        hasher = StreamHasher(algorithm)
    }

    /// What to ask for: nothing special at the start or where a change could not be noticed.
    var resumeHeaders: [HTTPHeaders.Field] {
        guard count > 0 else { return [] }
        let range = HTTPHeaders.Field(name: "Range", value: "bytes=\(count)-")
        guard let entityTag else { return isInherited ? [range] : [] }
        return [range, .init(name: "If-Range", value: entityTag)]
    }

    /// Goes on behind what is in the file already, up to a whole one.
    func inherit() -> TransferError.Kind? {
        let isRead = file.readAll(limit: limit) { bytes in
            hasher.update(bytes)
            count += Int64(bytes.count)
        }
        isInherited = count > 0
        return isRead ? nil : restart()
    }

    func begin(status: Int, headers: HTTPHeaders) -> TransferError.Kind? {
        switch status {
        case 206:
            isFile = true
            // A server may ignore If-Range: its tag and range must be the ones that go on here.
            let isSame = entityTag == nil ? isInherited : entityTag == strongTag(headers)
            guard count > 0, isSame, rangeStart(headers) == count else {
                if let failure = restart() { return failure }
                return .interrupted
            }
            entityTag = strongTag(headers)
            return nil
        case 200..<300:
            isFile = true
            let failure = restart()
            entityTag = strongTag(headers)
            return failure
        default:
            isFile = false
            return refusal.begin(status: status, headers: headers)
        }
    }

    func write(_ bytes: UnsafeRawBufferPointer) -> TransferError.Kind? {
        guard isFile else { return refusal.write(bytes) }
        guard count + Int64(bytes.count) <= limit else { return .bodyTooLarge(limit: limit) }
        if let failure = file.append(bytes) { return failure }
        hasher.update(bytes)
        count += Int64(bytes.count)
        return nil
    }

    /// Forgets what came so far.
    func restart() -> TransferError.Kind? {
        count = 0
        entityTag = nil
        isInherited = false
        _ = hasher.finish()
        return file.truncate()
    }

    func finish() -> Digest { hasher.finish() }

    private func strongTag(_ headers: HTTPHeaders) -> String? {
        headers["etag"].flatMap { $0.hasPrefix("\"") ? $0 : nil }
    }

    /// The first byte of `Content-Range: bytes 5-9/10`.
    private func rangeStart(_ headers: HTTPHeaders) -> Int64? {
        guard let value = headers["content-range"], value.hasPrefix("bytes ") else { return nil }
        return Int64(value.dropFirst(6).prefix { $0 != "-" })
    }
}
