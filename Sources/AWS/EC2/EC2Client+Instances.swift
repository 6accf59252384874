internal import FoundationEssentials

extension EC2Client {
    /// Instances by id, by filter, or all, terminated ones included for as long as EC2 has them.
    /// An id that does not exist is a `ServiceError` whose `isNotFound` is true.
    public func describeInstances(
        ids: [String] = [], filters: [EC2Filter] = []
    ) async throws -> [EC2Instance] {
        let parameters = EC2Parameters.list("InstanceId", ids) + EC2Parameters.filters(filters)
        var instances: [EC2Instance] = []
        try await pages("DescribeInstances", parameters) { document in
            for reservation in document.items("reservationSet") {
                instances += try read(reservation, "DescribeInstances")
            }
        }
        return instances
    }

    /// Starts new instances.
    public func runInstances(_ launch: EC2Launch) async throws -> [EC2Instance] {
        try read(try await call("RunInstances", launch.parameters, .no), "RunInstances")
    }

    public func startInstances(_ ids: [String]) async throws {
        _ = try await call("StartInstances", EC2Parameters.list("InstanceId", ids))
    }

    public func stopInstances(_ ids: [String]) async throws {
        _ = try await call("StopInstances", EC2Parameters.list("InstanceId", ids))
    }

    public func terminateInstances(_ ids: [String]) async throws {
        _ = try await call("TerminateInstances", EC2Parameters.list("InstanceId", ids))
    }

    /// The user-data that an instance was started with, decoded; nil where it has none.
    public func userData(of instanceID: String) async throws -> [UInt8]? {
        let parameters = [("InstanceId", instanceID), ("Attribute", "userData")]
        let document = try await call("DescribeInstanceAttribute", parameters)
        guard let text = document["userData"]?.value("value") else { return nil }
        guard let data = Data(base64Encoded: text, options: .ignoreUnknownCharacters) else {
            throw unreadable("DescribeInstanceAttribute", "user-data is not base64")
        }
        return Array(data)
    }

    /// Whether EC2 refuses to end the instance through its API (`DisableApiTermination`).
    public func isTerminationProtected(_ instanceID: String) async throws -> Bool {
        let action = "DescribeInstanceAttribute"
        let document = try await call(
            action, [("InstanceId", instanceID), ("Attribute", "disableApiTermination")])
        switch document["disableApiTermination"]?.value("value") {
        case "true": return true
        case "false": return false
        default: throw unreadable(action, "disableApiTermination is neither true nor false")
        }
    }

    private func read(_ reservation: XMLElement, _ action: String) throws -> [EC2Instance] {
        try reservation.items("instancesSet").map { item in
            guard let instance = EC2Instance(item) else {
                throw unreadable(action, "instance '\(item.value("instanceId") ?? "")'")
            }
            return instance
        }
    }
}
