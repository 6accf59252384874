internal import CDeflate
internal import CZstd

/// Compresses members, with contexts and a buffer that are used again for the next one. The same
/// bytes always give the same member.
public struct MemberCompressor: ~Copyable {
    /// createrepo_c's level for gzip (its compression_wrapper.c). For zstd it has 10, which takes
    /// ten times as long as 3 for 8 % less.
    private static let gzipLevel: Int32 = 6
    private static let zstdLevel: Int32 = 3

    public let format: MemberFormat
    private let deflate: OpaquePointer?
    private let zstd: OpaquePointer?
    private var buffer: [UInt8] = []

    public init(_ format: MemberFormat) {
        self.format = format
        deflate = format == .gzip ? libdeflate_alloc_compressor(Self.gzipLevel) : nil
        zstd = format == .zstd ? ZSTD_createCCtx() : nil
        precondition(deflate != nil || zstd != nil, "out of memory")
        if let zstd {
            ZSTD_CCtx_setParameter(zstd, ZSTD_c_compressionLevel, Self.zstdLevel)
            ZSTD_CCtx_setParameter(zstd, ZSTD_c_checksumFlag, 1)
        }
    }

    deinit {
        if let deflate { libdeflate_free_compressor(deflate) }
        if let zstd { ZSTD_freeCCtx(zstd) }
    }

    /// With `count`, a gzip member gets a ``MemberMark``.
    public mutating func compress(_ bytes: [UInt8], count: Int? = nil) -> [UInt8] {
        if let count, format == .gzip { return compressMarked(bytes, count) }
        let bound =
            format == .gzip
            ? libdeflate_gzip_compress_bound(deflate, bytes.count) : ZSTD_compressBound(bytes.count)
        if buffer.count < bound { buffer = [UInt8](repeating: 0, count: bound) }
        let count =
            format == .gzip
            ? libdeflate_gzip_compress(deflate, bytes, bytes.count, &buffer, buffer.count)
            : ZSTD_compress2(zstd, &buffer, buffer.count, bytes, bytes.count)
        // With a buffer as large as the bound neither can fail.
        precondition(count > 0 && count <= buffer.count)
        return Array(buffer[..<count])
    }

    private mutating func compressMarked(_ bytes: [UInt8], _ count: Int) -> [UInt8] {
        let bound =
            libdeflate_deflate_compress_bound(deflate, bytes.count) + MemberMark.headerSize
        if buffer.count < bound { buffer = [UInt8](repeating: 0, count: bound) }
        let deflate = deflate
        let size = buffer.withUnsafeMutableBytes { buffer in
            let place = UnsafeMutableRawBufferPointer(
                rebasing: buffer[MemberMark.headerSize...])
            return libdeflate_deflate_compress(
                deflate, bytes, bytes.count, place.baseAddress, place.count)
        }
        precondition(size > 0 && size <= bound - MemberMark.headerSize)
        let end = MemberMark.headerSize + size
        var member = MemberMark.header(count: count, size: end + MemberMark.trailerSize)
        member.reserveCapacity(end + MemberMark.trailerSize)
        member += buffer[MemberMark.headerSize..<end]
        member += MemberMark.bytes(Int(libdeflate_crc32(0, bytes, bytes.count)))
        member += MemberMark.bytes(bytes.count)
        return member
    }
}
