public import AWS

/// Where a node learns what it is.
public protocol InstanceMetadata: Sendable {
    func facts() async throws -> InstanceFacts
}

extension MetadataClient: InstanceMetadata {}
