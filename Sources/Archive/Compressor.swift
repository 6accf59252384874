internal import CArchive

/// Compresses bytes in memory; the same bytes always give the same result.
public enum Compressor {
    /// `level` nil takes createrepo_c's level for that compression.
    public static func compress(
        _ bytes: [UInt8], _ compression: Compression, level: Int? = nil
    ) throws(ArchiveError) -> [UInt8] {
        if compression == .none { return bytes }
        let writer = try ArchiveWriter()
        try writer.choose(compression, level: level ?? compression.level)
        // What cannot be compressed grows a little: a block's header for each 64 KiB at most.
        var output = [UInt8](repeating: 0, count: bytes.count + bytes.count / 64 + 65536)
        var used = 0
        var failure: ArchiveError?
        output.withUnsafeMutableBytes { buffer in
            do throws(ArchiveError) {
                try writer.write(bytes, into: buffer, used: &used)
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
        output.removeLast(output.count - used)
        return output
    }
}

/// Owns a `struct archive` that writes one entry without an archive format around it.
private struct ArchiveWriter: ~Copyable {
    private let pointer: OpaquePointer

    init() throws(ArchiveError) {
        guard let pointer = archive_write_new() else {
            throw .failed(name: "bytes", reason: "out of memory")
        }
        self.pointer = pointer
    }

    deinit { archive_write_free(pointer) }

    func choose(_ compression: Compression, level: Int?) throws(ArchiveError) {
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

    func write(
        _ bytes: [UInt8], into buffer: UnsafeMutableRawBufferPointer, used: inout Int
    ) throws(ArchiveError) {
        // libarchive keeps the address of the count until it is closed.
        let count = UnsafeMutablePointer<Int>.allocate(capacity: 1)
        count.initialize(to: 0)
        defer { count.deallocate() }
        try check(archive_write_open_memory(pointer, buffer.baseAddress, buffer.count, count))
        guard let entry = archive_entry_new() else {
            throw .failed(name: "bytes", reason: "out of memory")
        }
        defer { archive_entry_free(entry) }
        archive_entry_set_filetype(entry, UInt32(0o100000))
        archive_entry_set_size(entry, Int64(bytes.count))
        try check(archive_write_header(pointer, entry))
        var offset = 0
        while offset < bytes.count {
            let written = bytes[offset...].withUnsafeBytes {
                archive_write_data(pointer, $0.baseAddress, $0.count)
            }
            guard written > 0 else { throw .failed(name: "bytes", reason: reason) }
            offset += written
        }
        try check(archive_write_close(pointer))
        used = count.pointee
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
