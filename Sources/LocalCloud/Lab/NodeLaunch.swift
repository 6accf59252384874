internal import AWS

/// How a lab's instances are asked for at EC2.
struct NodeLaunch: Sendable {
    static let attempts = 6
    static let pause = Duration.milliseconds(300)

    let lab: Lab
    let subnet: String
    let instanceType: String
    let userData: [UInt8]?

    /// `host` is the last number of its address.
    func run(_ name: String, role: String, host: Int, _ ec2: EC2Client) async throws {
        _ = try await ec2.runInstances(
            EC2Launch(
                imageID: lab.images == nil ? LabImages.noneID : LabImages.id(role: role),
                instanceType: instanceType, privateIPv4: lab.address(host), subnetID: subnet,
                instanceProfileName: role == "master" ? Lab.masterRole : Lab.slaveRole,
                userData: userData,
                tags: ["Name": name, "howdah:role": role, "howdah:cluster": lab.cluster]))
    }

    /// As ``run(_:role:host:_:)``, at any of the addresses that are free. Again where EC2 fails
    /// inside: moto does so for an address that another call has just taken, and where calls come
    /// at once; it may have made the instance all the same.
    func runOnce(
        _ name: String, role: String, _ ec2: EC2Client,
        freeHosts: ([EC2Instance]) throws -> [Int]
    ) async throws {
        for attempt in 1...Self.attempts {
            let known = try await ec2.describeInstances()
            if known.contains(where: { $0.tags["Name"] == name && $0.state != .terminated }) {
                return
            }
            guard let host = try freeHosts(known).randomElement() else {
                throw LabError("every address of \(lab.subnet) is taken")
            }
            do {
                return try await run(name, role: role, host: host, ec2)
            } catch let error as ServiceError where error.status >= 500 && attempt < Self.attempts {
                try await ContinuousClock().sleep(for: Self.pause)
            }
        }
    }
}
