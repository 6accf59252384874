extension EC2Client {
    /// The ids of the region's zones by name, such as `use1-az4` of `us-east-1a`: a zone's name
    /// stands for another place in another account (Amazon EC2 API reference, AvailabilityZone).
    /// A cloud without ids has none here.
    public func zoneIDs() async throws -> [String: String] {
        let document = try await call("DescribeAvailabilityZones", [])
        let pairs = document.items("availabilityZoneInfo").compactMap { zone in
            zone.value("zoneName").flatMap { name in zone.value("zoneId").map { (name, $0) } }
        }
        return Dictionary(pairs) { first, _ in first }
    }
}
