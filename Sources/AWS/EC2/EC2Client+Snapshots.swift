public import FoundationEssentials

/// A copy of a volume, as DescribeSnapshots has it.
public struct EC2Snapshot: Sendable, Equatable {
    public enum State: String, Sendable {
        case pending, completed, error, recoverable, recovering
    }

    public var id: String
    public var volumeID: String
    public var state: State
    public var sizeGiB: Int
    public var started: Date?
    public var tags: [String: String]

    init?(_ element: XMLElement) {
        guard let id = element.value("snapshotId"),
            let state = element.value("status").flatMap(State.init)
        else { return nil }
        self.id = id
        self.state = state
        volumeID = element.value("volumeId") ?? ""
        sizeGiB = element.value("volumeSize").flatMap { Int($0) } ?? 0
        started = element.value("startTime").flatMap(AWSDate.parse)
        tags = element.tags
    }
}

extension EC2Client {
    /// The account's own snapshots that meet all filters.
    public func describeSnapshots(filters: [EC2Filter]) async throws -> [EC2Snapshot] {
        var snapshots: [EC2Snapshot] = []
        let parameters = [("Owner.1", "self")] + EC2Parameters.filters(filters)
        try await pages("DescribeSnapshots", parameters) { document in
            snapshots += document.items("snapshotSet").compactMap(EC2Snapshot.init)
        }
        return snapshots
    }

    /// Begins a snapshot of a volume; it is whole once its state is `completed`.
    public func createSnapshot(
        of volumeID: String, description: String, tags: [String: String]
    ) async throws -> EC2Snapshot {
        let document = try await call(
            "CreateSnapshot",
            [("VolumeId", volumeID), ("Description", description)]
                + EC2Parameters.tagSpecification("snapshot", tags), .no)
        guard let snapshot = EC2Snapshot(document) else {
            throw unreadable("CreateSnapshot", "no snapshot id or status")
        }
        return snapshot
    }
}
