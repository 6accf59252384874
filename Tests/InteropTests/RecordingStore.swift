import Digests
import RepoPublish
import Synchronization

/// A store in memory that keeps what it was asked for, in order. Before a path that `meanwhile`
/// names is stored for the first time, somebody else stores something there. A path that `faults`
/// names fails once.
final class RecordingStore: ObjectStore {
    struct Put: Equatable {
        let path: String
        let condition: PutCondition?
        let cacheControl: String?
    }

    enum Fault: Error {
        /// Stored, but the repetition that follows a lost answer is refused.
        case answerLost
        case down
    }

    let name = "memory://store/"
    private let state: Mutex<State>

    private struct State {
        var objects: [String: [UInt8]] = [:]
        var puts: [Put] = []
        var meanwhile: [String: [UInt8]]
        var faults: [String: Fault]
    }

    init(meanwhile: [String: [UInt8]] = [:], faults: [String: Fault] = [:]) {
        state = Mutex(State(meanwhile: meanwhile, faults: faults))
    }

    var puts: [Put] { state.withLock { $0.puts } }
    var objects: [String: [UInt8]] { state.withLock { $0.objects } }

    func clear() { state.withLock { $0.puts = [] } }
    func set(_ path: String, _ bytes: [UInt8]) { state.withLock { $0.objects[path] = bytes } }

    func list() async throws -> [String: StoredObject] {
        objects.mapValues { StoredObject(size: Int64($0.count), entityTag: Self.tag($0)) }
    }

    func read(_ path: String) async throws -> (bytes: [UInt8], entityTag: String)? {
        objects[path].map { ($0, Self.tag($0)) }
    }

    func sha256(_ path: String) async throws -> String? {
        objects[path].map { Digest.of($0).hex }
    }

    func delete(_ path: String) async throws {
        state.withLock { $0.objects[path] = nil }
    }

    func put(_ upload: Upload, _ condition: PutCondition?) async throws -> String {
        let bytes: [UInt8]
        switch upload.content {
        case .bytes(let content): bytes = content
        case .file(let path, let sha256):
            bytes = try readWhole(path)
            guard Digest.of(bytes).hex == sha256 else { throw StoreConflict(path: "sha256") }
        }
        return try state.withLock { state in
            if let others = state.meanwhile.removeValue(forKey: upload.path) {
                state.objects[upload.path] = others
            }
            let tag = state.objects[upload.path].map(Self.tag)
            switch condition {
            case nil: break
            case .absent: if tag != nil { throw StoreConflict(path: upload.path) }
            case .matches(let wanted):
                if tag != wanted { throw StoreConflict(path: upload.path) }
            }
            let fault = state.faults.removeValue(forKey: upload.path)
            if fault == .down { throw Fault.down }
            state.objects[upload.path] = bytes
            if fault == .answerLost { throw StoreConflict(path: upload.path) }
            state.puts.append(
                Put(path: upload.path, condition: condition, cacheControl: upload.cacheControl))
            return Self.tag(bytes)
        }
    }

    static func tag(_ bytes: [UInt8]) -> String { "\"\(Digest.of(bytes, .md5).hex)\"" }
}
