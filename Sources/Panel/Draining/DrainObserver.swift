internal import HadoopMetrics
internal import PanelAPI
internal import Synchronization

/// Looks at all that a drain depends on.
struct DrainObserver: Sendable {
    /// Between two looks through all files while HDFS copies.
    static let filesInterval = 60.0
    /// Looks through all files take at most this share of a NameNode's time.
    static let filesShare = 10.0

    let settings: PanelSettings
    let nodes: NodeRepository
    let masters: MasterRepository
    let launches: LaunchRepository
    let claims: ClaimRepository
    let cloud: any Cloud
    let hdfs: any HDFSView
    let yarn: YARNReader
    let time: PanelTime
    let pace = FilesPace()

    /// What the checks before a drain are made of.
    func input(_ node: NodeRecord) async throws -> DrainInput {
        let cluster = try settings.cluster(node.cluster)
        let known = try await nodes.members(of: cluster.name)
        let protected = try await protected(known.map(\.instanceID))
        let master = try await masters.current(of: cluster.name)
        let place = place(cluster, master)
        var protection = Seen.known(false)
        do { protection = .known(try await cloud.isProtected(instance: node.instanceID)) } catch {
            guard !error.isTransient else { throw error }
            protection = .unknown(error.description)
        }
        func made(_ node: NodeRecord) -> DrainInput.Node {
            DrainInput.Node(
                name: node.name, instanceID: node.instanceID, role: node.role,
                names: node.hadoopNames,
                isProtected: protected.contains(node.instanceID))
        }
        return DrainInput(
            node: made(node), nodes: known.map(made),
            masterID: master?.instanceID,
            minimumNodes: cluster.minimumNodes,
            launches: try await launches.open().count { $0.cluster == cluster.name },
            protection: protection, hdfs: await state(place),
            files: await files(place, on: node, key: node.instanceID),
            yarn: await nodeManagers(cluster, master))
    }

    /// How a cluster's HDFS stands.
    func state(of cluster: ClusterSettings) async throws -> Seen<HDFSState> {
        await state(place(cluster, try await masters.current(of: cluster.name)))
    }

    /// Those whose tag says that they stay.
    private func protected(_ ids: [String]) async throws -> Set<String> {
        var found: Set<String> = []
        for start in stride(from: 0, to: ids.count, by: InstanceWatcher.batchSize) {
            if start > 0 { try await time.sleep(InstanceWatcher.questionInterval) }
            let batch = Array(ids[start..<min(start + InstanceWatcher.batchSize, ids.count)])
            for instance in try await cloud.instances(batch)
            where instance.tags[DrainPlanner.protectTag] != nil {
                found.insert(instance.id)
            }
        }
        return found
    }

    /// What a drain that goes on looks at; nil where its node is unknown.
    func observation(_ record: DrainRecord) async throws -> DrainObservation? {
        guard let node = try await nodes.node(record.instanceID) else { return nil }
        if record.state == .checking {
            let input = try await input(node)
            return DrainObservation(
                now: time.now(), names: node.hadoopNames, hdfs: input.hdfs,
                plan: DrainPlanner(input: input).plan())
        }
        let place = place(
            try settings.cluster(record.cluster), try await masters.current(of: record.cluster))
        var seen = DrainObservation(
            now: time.now(), names: node.hadoopNames, isEnded: node.retiredAt != nil,
            hdfs: await state(place))
        switch record.state {
        case .decommissioning, .settling:
            seen.files = await neededFiles(record, node, seen, place)
        case .terminating:
            let termination = try await launches.termination(of: record.instanceID)
            seen.terminationProblem = termination?.problem
        case .cleaning:
            seen.volumes = try await volumes(of: record.instanceID)
        default: break
        }
        return seen
    }

    /// While the node settles each look is a new one; while HDFS copies, one now and then.
    private func neededFiles(
        _ record: DrainRecord, _ node: NodeRecord, _ seen: DrainObservation,
        _ place: Seen<NameNodePlace>
    ) async -> Seen<HDFSFiles>? {
        let now = seen.now
        switch record.state {
        case .settling:
            guard seen.own?.admin == .decommissioned else { return nil }
            guard pace.mayLook(record.id, now: now, atLeast: 0) else { return nil }
        default:
            guard now - record.progressAt > Self.filesInterval,
                pace.mayLook(record.id, now: now, atLeast: Self.filesInterval)
            else { return pace.last(record.id) }
        }
        return await files(place, on: node, key: record.id)
    }

    private func state(_ place: Seen<NameNodePlace>) async -> Seen<HDFSState> {
        switch place {
        case .known(let place): await hdfs.state(place)
        case .unknown(let why): .unknown(why)
        }
    }

    private func files(
        _ place: Seen<NameNodePlace>, on node: NodeRecord, key: String
    ) async -> Seen<HDFSFiles> {
        switch place {
        case .known(let place):
            let start = time.now()
            let files = await hdfs.files(place, on: node.hadoopNames)
            pace.looked(key, files, from: start, to: time.now())
            return files
        case .unknown(let why): return .unknown(why)
        }
    }

    private func place(
        _ cluster: ClusterSettings, _ master: MasterRecord?
    ) -> Seen<NameNodePlace> {
        guard let port = cluster.hadoop.nameNode else {
            return .unknown(
                "panel.yaml names no 'hadoop: namenode' port for '\(cluster.name)'")
        }
        guard let master else { return .unknown(Self.noMaster(cluster)) }
        return .known(
            NameNodePlace(address: master.address, port: port, user: cluster.hadoop.user))
    }

    /// Nil where the settings name no ResourceManager.
    private func nodeManagers(
        _ cluster: ClusterSettings, _ master: MasterRecord?
    ) async -> Seen<YARNNodes>? {
        guard let port = cluster.hadoop.resourceManager else { return nil }
        guard let master else { return .unknown(Self.noMaster(cluster)) }
        return await yarn.nodes(at: master.address, port: port)
    }

    private static func noMaster(_ cluster: ClusterSettings) -> String {
        "'\(cluster.name)' has no master"
    }

    /// Each of the node's volumes, with EC2's word.
    private func volumes(of instanceID: String) async throws -> [String] {
        let owned = try await claims.all(of: instanceID)
        var words: [String] = []
        for id in owned.compactMap(\.volumeID).sorted() {
            let state = try await cloud.volume(id)?.state
            words.append("\(id) (\(state ?? "unknown to EC2"))")
        }
        return words
    }
}

/// When all files were looked through last, and what was found: a look takes a NameNode's time.
final class FilesPace: Sendable {
    private struct Look: Sendable {
        var endedAt: Double
        var seconds: Double
        var found: Seen<HDFSFiles>
    }

    /// Of the drains under way, one a cluster.
    private let looks = Mutex<[String: Look]>([:])

    func mayLook(_ key: String, now: Double, atLeast seconds: Double) -> Bool {
        guard let look = looks.withLock({ $0[key] }) else { return true }
        return now - look.endedAt >= max(seconds, look.seconds * DrainObserver.filesShare)
    }

    func last(_ key: String) -> Seen<HDFSFiles>? { looks.withLock { $0[key]?.found } }

    func looked(_ key: String, _ found: Seen<HDFSFiles>, from start: Double, to end: Double) {
        looks.withLock { looks in
            if looks.count > 100 { looks.removeAll() }
            looks[key] = Look(endedAt: end, seconds: max(0, end - start), found: found)
        }
    }
}

extension NodeRecord {
    /// By what a NameNode may know the node.
    var hadoopNames: Set<String> { Set([address, name, hostname].filter { !$0.isEmpty }) }
}
