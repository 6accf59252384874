import Digests
import RepoPublish
import Support
import Synchronization

/// A store in memory that keeps what it was asked for, in order. A test can have something happen
/// before a path is stored, have a path fail once, or cut all requests off after some.
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
        /// The publisher is dead: nothing that it asks for arrives.
        case killed
    }

    let name: String
    private let state: Mutex<State>

    private struct State {
        var objects: [String: [UInt8]] = [:]
        var times: [String: Int64] = [:]
        var time: Int64 = 0
        var puts: [Put] = []
        var requests = 0
        var lists = 0
        var writesLeft: Int?
        var before: [String: @Sendable () async throws -> Void]
        var faults: [String: Fault]
    }

    init(
        _ name: String = "memory://store/", faults: [String: Fault] = [:],
        before: [String: @Sendable () async throws -> Void] = [:]
    ) {
        self.name = name
        state = Mutex(State(before: before, faults: faults))
    }

    /// With what another store has now.
    convenience init(copying other: RecordingStore, faults: [String: Fault] = [:]) {
        self.init(other.name, faults: faults)
        for (path, bytes) in other.objects { set(path, bytes) }
    }

    var puts: [Put] { state.withLock { $0.puts } }
    var objects: [String: [UInt8]] { state.withLock { $0.objects } }
    var requests: Int { state.withLock { $0.requests } }
    var lists: Int { state.withLock { $0.lists } }

    /// Seconds since 1970, of what is stored from now on.
    func setTime(_ time: Int64) { state.withLock { $0.time = time } }

    func clear() {
        state.withLock {
            $0.puts = []
            $0.requests = 0
            $0.lists = 0
        }
    }

    func set(_ path: String, _ bytes: [UInt8]) {
        state.withLock {
            $0.objects[path] = bytes
            $0.times[path] = $0.time
        }
    }

    /// Lets so many writes through and none after them.
    func cutOff(after writes: Int?) { state.withLock { $0.writesLeft = writes } }

    func before(_ path: String, _ body: @escaping @Sendable () async throws -> Void) {
        state.withLock { $0.before[path] = body }
    }

    func list(_ prefix: String) async throws -> [String: StoredObject]? {
        state.withLock { state in
            state.lists += 1
            return state.objects.filter { $0.key.hasPrefix(prefix) }.reduce(into: [:]) {
                $0[$1.key] = StoredObject(
                    size: Int64($1.value.count), entityTag: Self.tag($1.value),
                    modified: state.times[$1.key])
            }
        }
    }

    func head(_ path: String) async throws -> StoredObject? {
        request()
        return objects[path].map {
            StoredObject(size: Int64($0.count), entityTag: Self.tag($0), modified: nil)
        }
    }

    func read(_ path: String, limit: Int) async throws -> StoredBytes? {
        request()
        return objects[path].map { StoredBytes(bytes: $0, entityTag: Self.tag($0)) }
    }

    func fetch(
        _ path: String, to file: String, _ algorithm: DigestAlgorithm
    ) async throws -> FetchedFile? {
        request()
        guard let bytes = objects[path] else { return nil }
        try writeFile(file, bytes)
        return FetchedFile(digest: Digest.of(bytes, algorithm), size: Int64(bytes.count))
    }

    func copy(_ path: String, from other: any ObjectStore) async throws -> Bool {
        guard let other = other as? RecordingStore, let bytes = other.objects[path] else {
            return false
        }
        request()
        set(path, bytes)
        return true
    }

    func delete(_ path: String) async throws {
        request()
        try state.withLock { state in
            try Self.spend(&state)
            state.objects[path] = nil
        }
    }

    func put(_ upload: Upload, _ condition: PutCondition?) async throws -> String {
        request()
        let bytes: [UInt8]
        switch upload.content {
        case .bytes(let content): bytes = content
        case .file(let path, let sha256):
            bytes = try readWhole(path)
            guard Digest.of(bytes).hex == sha256 else { throw StoreConflict(path: "sha256") }
        }
        let hook = state.withLock { $0.before.removeValue(forKey: upload.path) }
        try await hook?()
        return try state.withLock { state in
            try Self.spend(&state)
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
            state.times[upload.path] = state.time
            if fault == .answerLost { throw StoreConflict(path: upload.path) }
            state.puts.append(
                Put(path: upload.path, condition: condition, cacheControl: upload.cacheControl))
            return Self.tag(bytes)
        }
    }

    private func request() { state.withLock { $0.requests += 1 } }

    private static func spend(_ state: inout State) throws {
        guard let left = state.writesLeft else { return }
        guard left > 0 else { throw Fault.killed }
        state.writesLeft = left - 1
    }

    static func tag(_ bytes: [UInt8]) -> String { "\"\(Digest.of(bytes, .md5).hex)\"" }
}
