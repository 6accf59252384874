internal import CRPM

/// Opens each package when librpm asks for it.
final class OpenPackages {
    private var file: FD_t?
    private let finished: (String) -> Void
    /// The package that librpm is at.
    private var current: String?

    init(_ finished: @escaping (String) -> Void) { self.finished = finished }

    /// The callback that opens and closes package files, and hears of each element's start.
    static let notify: rpmCallbackFunction = { _, what, _, _, key, data in
        guard let data else { return nil }
        let files = Unmanaged<OpenPackages>.fromOpaque(data).takeUnretainedValue()
        switch what {
        case RPMCALLBACK_INST_OPEN_FILE: return files.open(key)
        case RPMCALLBACK_INST_CLOSE_FILE: files.close()
        case RPMCALLBACK_ELEM_PROGRESS: files.begin(key)
        default: break
        }
        return nil
    }

    /// librpm does one element after the other: the one before is whole (rpmteProcess).
    private func begin(_ key: UnsafeRawPointer?) {
        if let current { finished(current) }
        current = key.map { String(cString: $0.assumingMemoryBound(to: CChar.self)) }
    }

    private func open(_ key: UnsafeRawPointer?) -> UnsafeMutableRawPointer? {
        guard let path = key?.assumingMemoryBound(to: CChar.self) else { return nil }
        close()
        file = Fopen(path, "r.ufdio")
        return file.map { UnsafeMutableRawPointer($0) }
    }

    private func close() {
        if let file { Fclose(file) }
        file = nil
    }

    deinit { close() }
}
