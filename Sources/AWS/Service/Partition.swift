/// A part of AWS with accounts, names and hosts of its own.
///
/// botocore, `partitions.json`.
public struct Partition: Sendable, Equatable {
    /// The second word of its ARNs.
    public let id: String
    let prefix: String
    let domain: String
    let dualStackDomain: String

    private init(_ id: String, _ prefix: String, _ domain: String, _ dualStackDomain: String) {
        self.id = id
        self.prefix = prefix
        self.domain = domain
        self.dualStackDomain = dualStackDomain
    }

    private static let standard = Partition("aws", "", "amazonaws.com", "api.aws")

    private static let others: [Partition] = [
        Partition("aws-cn", "cn-", "amazonaws.com.cn", "api.amazonwebservices.com.cn"),
        Partition("aws-us-gov", "us-gov-", "amazonaws.com", "api.aws"),
        Partition("aws-iso", "us-iso-", "c2s.ic.gov", "api.aws.ic.gov"),
        Partition("aws-iso-b", "us-isob-", "sc2s.sgov.gov", "api.aws.scloud"),
        Partition("aws-iso-e", "eu-isoe-", "cloud.adc-e.uk", "api.cloud-aws.adc-e.uk"),
        Partition("aws-iso-f", "us-isof-", "csp.hci.ic.gov", "api.aws.hci.ic.gov"),
        Partition("aws-eusc", "eusc-", "amazonaws.eu", "api.amazonwebservices.eu"),
    ]

    /// The partition of a region; an unknown one is taken for one of `aws`.
    public static func of(region: String) -> Partition {
        others.first { region.hasPrefix($0.prefix) } ?? standard
    }
}

extension AWSSettings {
    /// Where a service is reached in a region: the override, or AWS's own regional endpoint.
    ///
    /// The rules are those of botocore's `endpoint-rule-set-1.json` of s3, sts and ec2.
    public func endpoint(_ service: Service, region: String) throws(EndpointError) -> Endpoint {
        if let override = endpoints[service] {
            guard let endpoint = Endpoint(override) else { throw .badURL(override) }
            return endpoint
        }
        guard AWSSettings.isRegion(region) else { throw .badRegion(region) }
        let partition = Partition.of(region: region)
        let host =
            service == .s3
            ? try s3Host(region, partition) : apiHost(service.rawValue, region, partition)
        return Endpoint(scheme: "https", host: host)
    }

    /// S3 has its dual stack as a label of its own.
    private func s3Host(_ region: String, _ partition: Partition) throws(EndpointError) -> String {
        if usesFIPS, partition.id == "aws-cn" {
            throw .notThere(service: "s3", region: region, what: "FIPS")
        }
        let name = usesFIPS ? "s3-fips" : "s3"
        let label = usesDualStack ? ".dualstack" : ""
        return "\(name)\(label).\(region).\(partition.domain)"
    }

    private func apiHost(_ service: String, _ region: String, _ partition: Partition) -> String {
        if usesDualStack {
            return "\(service)\(usesFIPS ? "-fips" : "").\(region).\(partition.dualStackDomain)"
        }
        // GovCloud's only endpoints are validated ones.
        let isPlain = !usesFIPS || partition.id == "aws-us-gov"
        return "\(service)\(isPlain ? "" : "-fips").\(region).\(partition.domain)"
    }

    /// Whether it can be a region: what it would make of a host name is no other's.
    static func isRegion(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.count <= 63 && text.utf8.allSatisfy(isHostByte)
    }

    private static func isHostByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
            UInt8(ascii: "-"):
            true
        default: false
        }
    }

    /// Whether a bucket's name goes into the host name. No certificate covers one with a dot.
    func usesHost(_ bucket: String, _ endpoint: Endpoint) -> Bool {
        let isWanted = endpoint.isOverride ? addressing == .virtual : addressing != .path
        guard isWanted, !endpoint.hasAddress else { return false }
        return bucket.utf8.allSatisfy(AWSSettings.isHostByte)
            || endpoint.scheme == "http" && !bucket.contains("_")
    }
}

extension Endpoint {
    /// Numbers in place of a name.
    var hasAddress: Bool {
        if host.hasPrefix("[") { return true }
        let parts = host.prefix { $0 != ":" }.split(
            separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts.allSatisfy { UInt8($0) != nil }
    }
}
