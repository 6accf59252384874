internal import Cluster
internal import Host

/// Metadata gives the instance's credentials to whoever asks from it, whichever user that is. This
/// closes it to all but root, and proves by a child that is `nobody` that it did.
///
/// Amazon EC2 User Guide, "Limit access to the Instance Metadata Service".
public struct MetadataDoor: Sendable {
    static let addresses = ["169.254.169.254", "fd00:ec2::254"]
    static let port: UInt16 = 80
    /// Root was answered before; a packet may be lost.
    static let tries = 3

    private let filter: OwnerFilter
    private let probe: UserProbe

    /// `namespace` is the path of the network namespace that is meant; nil for our own.
    public init(namespace: String? = nil) {
        self.init(tools: OwnerFilter.Tool.allCases, namespace: namespace)
    }

    init(tools: [OwnerFilter.Tool], namespace: String?) {
        filter = OwnerFilter(
            table: "howdah_metadata", addresses: Self.addresses, tools: tools,
            namespace: namespace)
        probe = UserProbe(namespace: namespace)
    }

    /// Brings about what the cluster file asks for; nil for what is done without being asked.
    func bring(_ access: Cloud.Metadata.Access?) async throws -> StepResult {
        guard access != .everyone else {
            let isChanged = await filter.open()
            return StepResult(
                changed: isChanged, "every user reaches metadata, as the cluster file says")
        }
        let answering = try Self.addresses.filter(isReachable)
        switch await closing() {
        case .success(let closing):
            if let fault = try fault(answering, closing.tool.rawValue) {
                if fault.isRootKeptOut { _ = await filter.open() }
                throw OpenMetadata(reason: fault.words)
            }
            let proof =
                answering.isEmpty
                ? "nobody answers there, so that it could not be tried"
                : "a connection of user 'nobody' was refused"
            return StepResult(
                changed: closing.isNew,
                "root alone reaches \(Self.list), by \(closing.tool.rawValue); \(proof)")
        case .failure(let error):
            guard !answering.isEmpty || access == .root else {
                return .unchanged("nobody answers at \(Self.list): nothing to close")
            }
            throw OpenMetadata(reason: "\(error)")
        }
    }

    static var list: String { addresses.joined(separator: " and ") }

    private func closing() async -> Result<OwnerFilter.Closing, any Error> {
        do { return .success(try await filter.close()) } catch { return .failure(error) }
    }

    private func isReachable(_ address: String) throws -> Bool {
        try probe.connects(0, to: address, port: Self.port)
    }

    private struct Fault {
        var words: String
        var isRootKeptOut = false
    }

    /// What is wrong if anybody but root is answered, or root is not.
    private func fault(_ answering: [String], _ tool: String) throws -> Fault? {
        for address in answering {
            guard try isStillReachable(address) else {
                return Fault(
                    words: "the rules of \(tool) kept root from \(address) too and were taken away",
                    isRootKeptOut: true)
            }
            if try probe.connects(UserProbe.nobody, to: address, port: Self.port) {
                return Fault(
                    words: "user 'nobody' reaches \(address) in spite of the rules of \(tool)")
            }
        }
        return nil
    }

    private func isStillReachable(_ address: String) throws -> Bool {
        for _ in 1..<Self.tries where try isReachable(address) { return true }
        return try isReachable(address)
    }
}

/// Every user of the instance can have its credentials.
struct OpenMetadata: Error, CustomStringConvertible {
    let reason: String

    var description: String {
        "metadata is open to every user of this instance: \(reason); install nftables, "
            + "or allow it by 'cloud: { metadata: { access: everyone } }' in the cluster file"
    }
}

extension BootPlan {
    static let metadataStep = "metadata"

    /// What the cluster file says of who may reach metadata; nil where it says nothing.
    var metadataAccess: Cloud.Metadata.Access? {
        guard case .metadata(let metadata) = cluster.cloud.source else { return nil }
        return metadata.access
    }
}
