internal import AWS
internal import PanelAPI

extension LiveCloud {
    /// What EC2 says of an instance that is over.
    private static let over: Set<EC2Instance.State> = [.terminated, .shuttingDown]

    public func instances(
        taggedWithLaunch id: String
    ) async throws(CloudError) -> [CloudInstance] {
        try await asking {
            try await client.describeInstances(filters: [.tag(LaunchSteps.tag, id)])
        }
        .filter { !Self.over.contains($0.state) }.map { Self.instance($0, [:]) }
    }

    public func instances(
        ofCluster name: String
    ) async throws(CloudError) -> [CloudInstance] {
        try await asking {
            try await client.describeInstances(filters: [.tag(Enroller.clusterTag, name)])
        }.map { Self.instance($0, [:]) }
    }

    public func launch(_ order: InstanceOrder) async throws(CloudError) -> CloudInstance {
        Self.instance(
            try await asking {
                try await client.runInstance(
                    EC2TemplateLaunch(
                        template: order.template, subnetID: order.subnetID, isSpot: order.isSpot,
                        userData: Array(order.userData.utf8), tags: order.tags,
                        clientToken: order.token))
            }, [:])
    }

    public func terminate(instance id: String) async throws(CloudError) {
        try await asking { try await client.terminateInstances([id]) }
    }

    public func isProtected(instance id: String) async throws(CloudError) -> Bool {
        try await asking { try await client.isTerminationProtected(id) }
    }
}
