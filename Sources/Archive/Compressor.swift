internal import CArchive

/// Compresses bytes in memory; the same bytes always give the same result.
public enum Compressor {
    /// `level` nil takes createrepo_c's level for that compression.
    public static func compress(
        _ bytes: [UInt8], _ compression: Compression, level: Int? = nil
    ) throws(ArchiveError) -> [UInt8] {
        if compression == .none { return bytes }
        let stream = try CompressedStream.open(compression, level: level)
        try stream.write(bytes)
        return try stream.finish()
    }
}

/// Compresses what comes piece by piece into one stream in memory.
public struct CompressedStream: ~Copyable {
    private let pointer: OpaquePointer
    private let output: Output

    /// What libarchive has written. It calls back with a pointer to this, which lives as long.
    private final class Output {
        var bytes: [UInt8] = []
    }

    /// `level` nil takes createrepo_c's level for that compression.
    public static func open(
        _ compression: Compression, level: Int? = nil
    ) throws(ArchiveError) -> CompressedStream {
        let stream = try CompressedStream()
        try stream.choose(compression, level: level ?? compression.level)
        try stream.begin()
        return stream
    }

    private init() throws(ArchiveError) {
        guard let pointer = archive_write_new() else {
            throw .failed(name: "bytes", reason: "out of memory")
        }
        self.pointer = pointer
        output = Output()
    }

    deinit { archive_write_free(pointer) }

    private func choose(_ compression: Compression, level: Int?) throws(ArchiveError) {
        switch compression {
        case .none: archive_write_add_filter_none(pointer)
        case .gzip: archive_write_add_filter_gzip(pointer)
        case .zstd: archive_write_add_filter_zstd(pointer)
        case .xz: archive_write_add_filter_xz(pointer)
        case .bzip2: archive_write_add_filter_bzip2(pointer)
        }
        if let level {
            try check(
                archive_write_set_filter_option(pointer, nil, "compression-level", "\(level)"))
        }
        if compression == .gzip {
            // A time of its own in the header would make each run's bytes different.
            try check(archive_write_set_filter_option(pointer, "gzip", "timestamp", nil))
        }
        try check(archive_write_set_format_raw(pointer))
        archive_write_set_bytes_in_last_block(pointer, 1)
    }

    private func begin() throws(ArchiveError) {
        let client = Unmanaged.passUnretained(output).toOpaque()
        try check(
            archive_write_open(
                pointer, client, nil,
                { _, client, bytes, count in
                    guard let client, let bytes else { return -1 }
                    let output = Unmanaged<Output>.fromOpaque(client).takeUnretainedValue()
                    output.bytes.append(
                        contentsOf: UnsafeRawBufferPointer(start: bytes, count: count))
                    return count
                }, nil))
        guard let entry = archive_entry_new() else {
            throw .failed(name: "bytes", reason: "out of memory")
        }
        defer { archive_entry_free(entry) }
        archive_entry_set_filetype(entry, UInt32(0o100000))
        try check(archive_write_header(pointer, entry))
    }

    public func write(_ bytes: [UInt8]) throws(ArchiveError) {
        var offset = 0
        while offset < bytes.count {
            let written = bytes[offset...].withUnsafeBytes {
                archive_write_data(pointer, $0.baseAddress, $0.count)
            }
            guard written > 0 else { throw .failed(name: "bytes", reason: reason) }
            offset += written
        }
    }

    /// All that was written, compressed. Nothing can be written afterwards.
    public func finish() throws(ArchiveError) -> [UInt8] {
        try check(archive_write_close(pointer))
        defer { output.bytes = [] }
        return output.bytes
    }

    private func check(_ code: Int32) throws(ArchiveError) {
        guard code == ARCHIVE_OK || code == ARCHIVE_WARN else {
            throw .failed(name: "bytes", reason: reason)
        }
    }

    private var reason: String {
        archive_error_string(pointer).map { String(cString: $0) } ?? "unknown reason"
    }
}
