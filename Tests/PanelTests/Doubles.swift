import Panel
import PanelAPI
import Synchronization
import Testing

/// A wall clock that moves when it is told to. Sleeps are real: whoever waits longer than a test
/// takes is ended by the test.
final class VirtualTime: Sendable {
    private let seconds = Mutex(1_800_000_000.0)

    func advance(_ by: Double) { seconds.withLock { $0 += by } }

    var panelTime: PanelTime {
        PanelTime(
            now: { self.seconds.withLock { $0 } }, sleep: { try await Task.sleep(for: $0) },
            random: PanelTime.live.random)
    }
}

/// STS that knows the signatures it was told of. Any other is a mistake of the test.
final class FakeIdentities: IdentityService {
    private let answers = Mutex<[String: Result<String, IdentityError>]>([:])
    private let seen = Mutex<[ProofParts]>([])

    var proofs: [ProofParts] { seen.withLock { $0 } }

    func answer(_ signature: String, with result: Result<String, IdentityError>) {
        answers.withLock { $0[signature] = result }
    }

    func callerARN(of proof: ProofParts) async throws(IdentityError) -> String {
        seen.withLock { $0.append(proof) }
        guard let answer = answers.withLock({ $0[proof.signature] }) else {
            Issue.record("STS was asked for a signature that the test did not expect")
            throw .unavailable(cause: "not expected")
        }
        return try answer.get()
    }
}

/// EC2 as a table. A volume comes to be available, and attached, when it is looked at the second
/// time. It can be told to lose the connection before or after any one call.
final class FakeCloud: Cloud {
    enum Cut: Sendable, Equatable {
        case before(Int), after(Int)
    }

    struct State {
        var instances: [String: CloudInstance] = [:]
        var volumes: [String: CloudVolume] = [:]
        var tags: [String: [String: String]] = [:]
        var orders: [InstanceOrder] = []
        var snapshots: [(CloudSnapshot, operation: String)] = []
        var protected: Set<String> = []
        var calls: [String] = []
        var cut: Cut?
        var refusal: CloudError?
        /// Which call `refusal` answers; nil: each.
        var refusedCall: String?
    }

    private let state = Mutex(State())

    func edit<Value: Sendable>(_ change: (inout sending State) -> sending Value) -> Value {
        state.withLock { change(&$0) }
    }

    var calls: [String] { state.withLock { $0.calls } }
    var volumes: [CloudVolume] { state.withLock { Array($0.volumes.values) } }

    func count(_ name: String) -> Int { calls.filter { $0.hasPrefix(name) }.count }

    private func call<Value>(
        _ name: String, _ effect: (inout State) throws(CloudError) -> Value
    ) throws(CloudError) -> Value {
        let lost = CloudError(isTransient: true, "connection lost")
        let outcome = state.withLock { state -> Result<Value, CloudError> in
            state.calls.append(name)
            let number = state.calls.count
            if state.cut == .before(number) { return .failure(lost) }
            if let refusal = state.refusal, state.refusedCall.map({ $0 == name }) ?? true {
                return .failure(refusal)
            }
            do throws(CloudError) {
                let value = try effect(&state)
                return state.cut == .after(number) ? .failure(lost) : .success(value)
            } catch { return .failure(error) }
        }
        return try outcome.get()
    }

    func instances(_ ids: [String]) async throws(CloudError) -> [CloudInstance] {
        try call("instances") { state throws(CloudError) in
            // EC2's limit of a filter's values.
            guard ids.count <= 200 else {
                throw CloudError(isTransient: false, "FilterLimitExceeded: \(ids.count) values")
            }
            return ids.compactMap { state.instances[$0] }
        }
    }

    func volume(_ id: String) async throws(CloudError) -> CloudVolume? {
        try call("volume") { state throws(CloudError) in
            let seen = state.volumes[id]
            state.volumes[id]?.ripen()
            return seen
        }
    }

    func volumes(taggedWithClaim id: String) async throws(CloudError) -> [CloudVolume] {
        try call("tagged") { state throws(CloudError) in
            state.volumes.values.filter { state.tags[$0.id]?["howdah:claim"] == id }
        }
    }

    func volumes(attachedTo instanceID: String) async throws(CloudError) -> [CloudVolume] {
        try call("attachedTo") { state throws(CloudError) in
            state.volumes.values.filter { volume in
                volume.attachments.contains { $0.instanceID == instanceID }
            }
        }
    }

    func createVolume(_ order: VolumeOrder) async throws(CloudError) -> CloudVolume {
        try call("create") { state throws(CloudError) in
            let volume = CloudVolume(
                id: "vol-\(state.volumes.count + 1)", state: "creating", zone: order.zone,
                snapshotID: nil, createdAt: 1_800_000_000, attachments: [],
                sizeGiB: order.sizeGiB, type: order.type, tags: order.tags)
            state.volumes[volume.id] = volume
            state.tags[volume.id] = order.tags
            return volume
        }
    }

    func attach(
        volume id: String, to instanceID: String, device: String
    ) async throws(CloudError) {
        try call("attach") { state throws(CloudError) in
            // As moto does: a second attachment is accepted without a word.
            state.volumes[id]?.state = "in-use"
            state.volumes[id]?.attachments.append(
                .init(instanceID: instanceID, device: device, state: "attaching"))
        }
    }

    func detach(volume id: String, from instanceID: String) async throws(CloudError) {
        try call("detach") { state throws(CloudError) in
            state.volumes[id]?.attachments.removeAll { $0.instanceID == instanceID }
            state.volumes[id]?.state = "available"
        }
    }

    func tag(volume id: String, _ tags: [String: String]) async throws(CloudError) {
        try call("tag") { state throws(CloudError) in
            state.tags[id, default: [:]].merge(tags) { $1 }
        }
    }

    func instances(taggedWithLaunch id: String) async throws(CloudError) -> [CloudInstance] {
        try call("launched") { state throws(CloudError) in
            state.instances.values.filter {
                $0.tags["howdah:launch"] == id && $0.state != "terminated"
            }
        }
    }

    func instances(ofCluster name: String) async throws(CloudError) -> [CloudInstance] {
        try call("instances") { state throws(CloudError) in
            state.instances.values.filter { $0.tags["howdah:cluster"] == name }
        }
    }

    /// As moto does: a ClientToken that came before is not heeded.
    func launch(_ order: InstanceOrder) async throws(CloudError) -> CloudInstance {
        try call("launch") { state throws(CloudError) in
            let number = 100 + state.orders.count
            state.orders.append(order)
            let node = Lab.node(number)
            let instance = CloudInstance(
                id: node.instanceID, state: "pending", privateIP: node.address,
                zone: node.availabilityZone, tags: order.tags)
            state.instances[instance.id] = instance
            return instance
        }
    }

    func volumes(ofCluster name: String) async throws(CloudError) -> [CloudVolume] {
        try call("ofCluster") { state throws(CloudError) in
            state.volumes.values.filter { $0.tags["howdah:cluster"] == name }
        }
    }

    /// A snapshot is whole when it is looked at the second time.
    func snapshots(
        taggedWithOperation id: String
    ) async throws(CloudError) -> [CloudSnapshot] {
        try call("snapshots") { state throws(CloudError) in
            let found = state.snapshots.filter { $0.operation == id }.map { $0.0 }
            for index in state.snapshots.indices { state.snapshots[index].0.state = "completed" }
            return found
        }
    }

    func snapshot(
        volume id: String, description: String, tags: [String: String]
    ) async throws(CloudError) {
        try call("snapshot ") { state throws(CloudError) in
            state.snapshots.append(
                (
                    CloudSnapshot(id: "snap-\(state.snapshots.count + 1)", state: "pending"),
                    operation: tags["howdah:operation"] ?? ""
                ))
        }
    }

    func delete(volume id: String) async throws(CloudError) {
        try call("delete") { state throws(CloudError) in state.volumes[id] = nil }
    }

    func terminate(instance id: String) async throws(CloudError) {
        try call("terminate") { state throws(CloudError) in
            state.instances[id]?.state = "terminated"
        }
    }

    func isProtected(instance id: String) async throws(CloudError) -> Bool {
        try call("protected") { state throws(CloudError) in state.protected.contains(id) }
    }
}

extension CloudVolume {
    fileprivate mutating func ripen() {
        if state == "creating" { state = "available" }
        for index in attachments.indices { attachments[index].state = "attached" }
    }
}
