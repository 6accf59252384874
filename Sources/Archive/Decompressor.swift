internal import CArchive

/// Decompresses what libarchive recognises by its first bytes: gzip (several members too), zstd
/// (several frames too), xz, bzip2, or nothing at all.
public enum Decompressor {
    /// `name` is for the error alone. Refuses more than `limit` bytes of content.
    public static func decompress(
        _ bytes: [UInt8], limit: Int, name: String = "bytes"
    ) throws(ArchiveError) -> [UInt8] {
        if bytes.isEmpty { return [] }
        let reader = try ArchiveReader(name: name)
        var result: [UInt8] = []
        var failure: ArchiveError?
        bytes.withUnsafeBytes { input in
            do throws(ArchiveError) {
                try reader.open(memory: input)
                result = try reader.readAll(limit: limit)
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
        return result
    }

    /// Refuses more than `limit` bytes of content.
    public static func decompress(file path: String, limit: Int) throws(ArchiveError) -> [UInt8] {
        let reader = try ArchiveReader(name: path)
        try reader.open(file: path)
        return try reader.readAll(limit: limit)
    }
}

/// Owns a `struct archive` that reads.
private struct ArchiveReader: ~Copyable {
    static let blockSize = 256 << 10
    private let pointer: OpaquePointer
    private let name: String

    init(name: String) throws(ArchiveError) {
        guard let pointer = archive_read_new() else {
            throw .failed(name: name, reason: "out of memory")
        }
        self.pointer = pointer
        self.name = name
        // Not all filters: what is not one of these is content, never something to interpret.
        archive_read_support_filter_gzip(pointer)
        archive_read_support_filter_zstd(pointer)
        archive_read_support_filter_xz(pointer)
        archive_read_support_filter_bzip2(pointer)
        archive_read_support_format_raw(pointer)
        archive_read_support_format_empty(pointer)
    }

    deinit { archive_read_free(pointer) }

    func open(memory: UnsafeRawBufferPointer) throws(ArchiveError) {
        try check(archive_read_open_memory(pointer, memory.baseAddress, memory.count))
    }

    func open(file path: String) throws(ArchiveError) {
        try check(archive_read_open_filename(pointer, path, Self.blockSize))
    }

    /// Goes to the content; false if there is none.
    func begin() throws(ArchiveError) -> Bool {
        var entry: OpaquePointer?
        let header = archive_read_next_header(pointer, &entry)
        if header == ARCHIVE_EOF { return false }
        try check(header)
        return true
    }

    /// What comes next, as much as fits; 0 bytes at the end.
    func read(into buffer: UnsafeMutableRawBufferPointer) throws(ArchiveError) -> Int {
        let count = archive_read_data(pointer, buffer.baseAddress, buffer.count)
        guard count >= 0 else { throw .failed(name: name, reason: reason) }
        return count
    }

    func readAll(limit: Int) throws(ArchiveError) -> [UInt8] {
        guard try begin() else { return [] }
        var result: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: Self.blockSize)
        while true {
            let count = archive_read_data(pointer, &buffer, buffer.count)
            if count == 0 { return result }
            guard count > 0 else { throw .failed(name: name, reason: reason) }
            guard result.count + count <= limit else { throw .tooLong(name: name, limit: limit) }
            result.append(contentsOf: buffer[..<count])
        }
    }

    private func check(_ code: Int32) throws(ArchiveError) {
        guard code == ARCHIVE_OK || code == ARCHIVE_WARN else {
            throw .failed(name: name, reason: reason)
        }
    }

    private var reason: String {
        archive_error_string(pointer).map { String(cString: $0) } ?? "unknown reason"
    }
}

/// Decompresses bytes piece by piece, whatever ``Decompressor`` recognises.
public struct DecompressedStream: ~Copyable {
    /// libarchive reads it as it goes on, so it must stay where it is.
    private let input: UnsafeMutableRawBufferPointer
    private let reader: ArchiveReader
    private let hasContent: Bool

    /// `name` is for errors alone.
    public static func open(
        _ bytes: [UInt8], name: String
    ) throws(ArchiveError) -> DecompressedStream {
        let input = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 16)
        input.copyBytes(from: bytes)
        do throws(ArchiveError) {
            let reader = try ArchiveReader(name: name)
            if bytes.isEmpty {
                return DecompressedStream(input: input, reader: reader, hasContent: false)
            }
            try reader.open(memory: UnsafeRawBufferPointer(input))
            let hasContent = try reader.begin()
            return DecompressedStream(input: input, reader: reader, hasContent: hasContent)
        } catch {
            input.deallocate()
            throw error
        }
    }

    private init(
        input: UnsafeMutableRawBufferPointer, reader: consuming ArchiveReader, hasContent: Bool
    ) {
        self.input = input
        self.reader = reader
        self.hasContent = hasContent
    }

    deinit { input.deallocate() }

    /// Appends what comes next to `bytes`, at most `count`; false at the end.
    public func read(_ count: Int, appendingTo bytes: inout [UInt8]) throws(ArchiveError) -> Bool {
        guard hasContent else { return false }
        let old = bytes.count
        bytes += [UInt8](repeating: 0, count: count)
        var got = 0
        var failure: ArchiveError?
        bytes.withUnsafeMutableBytes { buffer in
            do throws(ArchiveError) {
                got = try reader.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[old...]))
            } catch {
                failure = error
            }
        }
        bytes.removeLast(count - got)
        if let failure { throw failure }
        return got > 0
    }
}

/// Decompresses a file piece by piece, whatever ``Decompressor`` recognises.
public struct DecompressedFile: ~Copyable {
    private let reader: ArchiveReader
    private let hasContent: Bool
    private let path: String
    private let limit: Int
    private var count = 0

    /// Refuses more than `limit` bytes of content.
    public static func open(_ path: String, limit: Int) throws(ArchiveError) -> DecompressedFile {
        let reader = try ArchiveReader(name: path)
        try reader.open(file: path)
        let hasContent = try reader.begin()
        return DecompressedFile(
            reader: reader, hasContent: hasContent, path: path, limit: limit)
    }

    private init(
        reader: consuming ArchiveReader, hasContent: Bool, path: String, limit: Int
    ) {
        self.reader = reader
        self.hasContent = hasContent
        self.path = path
        self.limit = limit
    }

    /// What comes next, as much as fits; 0 bytes at the end.
    public mutating func read(
        into buffer: UnsafeMutableRawBufferPointer
    ) throws(ArchiveError) -> Int {
        guard hasContent else { return 0 }
        let got = try reader.read(into: buffer)
        count += got
        guard count <= limit else { throw .tooLong(name: path, limit: limit) }
        return got
    }
}
