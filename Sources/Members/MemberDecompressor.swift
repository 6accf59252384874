internal import CDeflate
internal import CZstd

/// Decompresses members, with contexts that are used again for the next one. Checksums are checked.
public struct MemberDecompressor: ~Copyable {
    private static let firstCapacity = 64 << 10

    private let deflate: OpaquePointer?
    private let zstd: OpaquePointer?

    public init() {
        deflate = libdeflate_alloc_decompressor()
        zstd = ZSTD_createDCtx()
        precondition(deflate != nil && zstd != nil, "out of memory")
    }

    deinit {
        libdeflate_free_decompressor(deflate)
        ZSTD_freeDCtx(zstd)
    }

    /// Reads the member that begins at `start` into `content`, in place of what is there, and
    /// returns where it ends. More than `limit` bytes of content are refused.
    public mutating func open(
        _ bytes: [UInt8], from start: Int, into content: inout [UInt8], limit: Int,
        _ format: MemberFormat
    ) throws(MemberError) -> Int {
        guard bytes.indices.contains(start) else { throw .damaged(offset: start) }
        return switch format {
        case .gzip: try openGzip(bytes, start, &content, limit)
        case .zstd: try openZstd(bytes, start, &content, limit)
        }
    }

    private mutating func openGzip(
        _ bytes: [UInt8], _ start: Int, _ content: inout [UInt8], _ limit: Int
    ) throws(MemberError) -> Int {
        var capacity = max(content.capacity, Self.firstCapacity)
        while true {
            capacity = min(capacity, limit)
            var (taken, result) = (0, LIBDEFLATE_BAD_DATA)
            let deflate = deflate
            content = Array(unsafeUninitializedCapacity: capacity) { output, count in
                result = bytes.withUnsafeBytes { input in
                    libdeflate_gzip_decompress_ex(
                        deflate, input.baseAddress?.advanced(by: start), input.count - start,
                        output.baseAddress, capacity, &taken, &count)
                }
                if result != LIBDEFLATE_SUCCESS { count = 0 }
            }
            if result == LIBDEFLATE_SUCCESS { return start + taken }
            guard result == LIBDEFLATE_INSUFFICIENT_SPACE else { throw .damaged(offset: start) }
            guard capacity < limit else { throw .tooLong(offset: start, limit: limit) }
            capacity *= 4
        }
    }

    private mutating func openZstd(
        _ bytes: [UInt8], _ start: Int, _ content: inout [UInt8], _ limit: Int
    ) throws(MemberError) -> Int {
        let zstd = zstd
        var failure: MemberError?
        var end = start
        bytes.withUnsafeBytes { input in
            let rest = UnsafeRawBufferPointer(rebasing: input[start...])
            let size = ZSTD_findFrameCompressedSize(rest.baseAddress, rest.count)
            let announced = ZSTD_getFrameContentSize(rest.baseAddress, rest.count)
            guard ZSTD_isError(size) == 0, size > 0 else {
                failure = .damaged(offset: start)
                return
            }
            // Unknown and wrong sizes are the two highest numbers.
            guard announced <= UInt64(limit) else {
                failure = .tooLong(offset: start, limit: limit)
                return
            }
            let capacity = Int(announced)
            content = Array(unsafeUninitializedCapacity: max(capacity, 1)) { output, count in
                let got = ZSTD_decompressDCtx(
                    zstd, output.baseAddress, capacity, rest.baseAddress, size)
                if got == capacity { count = got } else { failure = .damaged(offset: start) }
            }
            end = start + size
        }
        if let failure { throw failure }
        return end
    }
}
