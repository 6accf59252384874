internal import CSolv
internal import Glibc

/// Metadata as the parsers want it: not compressed, a piece at a time, so that the whole of it is
/// never in memory.
public protocol MetadataReader: AnyObject {
    /// Fills what it can of the buffer; 0 at the end.
    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int
}

/// A reader as the FILE that libsolv reads from.
final class MetadataStream {
    private let reader: any MetadataReader
    /// Why reading ended early; libsolv knows only that it did.
    private(set) var failure: (any Error)?

    init(_ reader: any MetadataReader) { self.reader = reader }

    /// The file is closed, and this not used, after `body`.
    func withFile<Value>(_ body: (UnsafeMutablePointer<FILE>) -> Value) -> Value? {
        let functions = howdah_stream(
            read: { cookie, buffer, size in
                guard let cookie, let buffer else { return -1 }
                return Unmanaged<MetadataStream>.fromOpaque(cookie).takeUnretainedValue()
                    .read(UnsafeMutableRawBufferPointer(start: buffer, count: size))
            }, write: nil, seek: nil, close: nil)
        let cookie = Unmanaged.passUnretained(self).toOpaque()
        return withExtendedLifetime(self) {
            guard let file = howdah_fopencookie(cookie, "r", functions) else { return nil }
            defer { fclose(file) }
            return body(file)
        }
    }

    private func read(_ buffer: UnsafeMutableRawBufferPointer) -> Int {
        guard failure == nil else { return -1 }
        do {
            return try reader.read(into: buffer)
        } catch {
            failure = error
            return -1
        }
    }
}
