/// The region and the endpoints, as the AWS tools take them from environment and profile.
public struct AWSSettings: Sendable, Equatable {
    public enum Service: String, Sendable {
        case s3, sts, ec2
    }

    /// AWS_REGION, AWS_DEFAULT_REGION, or the profile's `region`.
    public var region: String?
    /// Endpoint overrides by service; a URL without a query.
    public var endpoints: [Service: String]

    public init(region: String?, endpoints: [Service: String] = [:]) {
        self.region = region
        self.endpoints = endpoints
    }

    public static func load(environment: [String: String]) -> AWSSettings {
        let files = ProfileFiles.load(environment: environment)
        return load(environment: environment, files: files)
    }

    static func load(environment: [String: String], files: ProfileFiles) -> AWSSettings {
        func value(_ name: String) -> String? {
            environment[name].flatMap { $0.isEmpty ? nil : $0 }
        }
        var settings = AWSSettings(
            region: value("AWS_REGION") ?? value("AWS_DEFAULT_REGION") ?? files["region"])
        guard value("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS")?.lowercased() != "true" else {
            return settings
        }
        let common = value("AWS_ENDPOINT_URL") ?? files["endpoint_url"]
        for service in [Service.s3, .sts, .ec2] {
            let own = value("AWS_ENDPOINT_URL_\(service.rawValue.uppercased())")
            settings.endpoints[service] = own ?? common
        }
        return settings
    }

    /// Where a service is reached in a region: the override, or AWS's own regional endpoint.
    public func endpoint(_ service: Service, region: String) throws(EndpointError) -> Endpoint {
        if let override = endpoints[service] {
            guard let endpoint = Endpoint(override) else { throw EndpointError(url: override) }
            return endpoint
        }
        let suffix = region.hasPrefix("cn-") ? "amazonaws.com.cn" : "amazonaws.com"
        return Endpoint(scheme: "https", host: "\(service.rawValue).\(region).\(suffix)")
    }

    /// The region, or an error that says how to give one.
    public func requiredRegion() throws(EndpointError) -> String {
        guard let region else { throw EndpointError(url: nil) }
        return region
    }
}

/// `scheme://host[:port][/base]` of a service.
public struct Endpoint: Sendable, Equatable {
    public var scheme: String
    /// With the port if it is not the scheme's own, as the Host header has it.
    public var host: String
    /// Empty, or a path without a slash at its end.
    public var basePath: String
    /// True where it came from an override: S3 then has the bucket in the path.
    public var isOverride: Bool

    init(scheme: String, host: String) {
        self.scheme = scheme
        self.host = host
        basePath = ""
        isOverride = false
    }

    /// Nil unless it is an http or https URL with a host and without user, query or fragment.
    public init?(_ url: String) {
        guard let mark = url.firstRange(of: "://") else { return nil }
        let scheme = url[..<mark.lowerBound].lowercased()
        let rest = url[mark.upperBound...]
        let host = rest.prefix { $0 != "/" }
        guard ["http", "https"].contains(scheme), !host.isEmpty,
            !rest.contains(where: { "@?# ".contains($0) })
        else { return nil }
        let port = scheme == "http" ? ":80" : ":443"
        self.scheme = scheme
        self.host = String(host.hasSuffix(port) ? host.dropLast(port.count) : host).lowercased()
        var path = rest[host.endIndex...]
        while path.hasSuffix("/") { path = path.dropLast() }
        basePath = String(path)
        isOverride = true
    }

    public var url: String { "\(scheme)://\(host)\(basePath)" }
}

/// Settings that name no place to call.
public struct EndpointError: Error, CustomStringConvertible, Sendable, Equatable {
    /// The override that is no URL; nil where the region is missing.
    public var url: String?

    public var description: String {
        guard let url else {
            return "no aws region: set AWS_REGION, or 'region' in the profile"
        }
        return "endpoint '\(url)' is no http or https url (AWS_ENDPOINT_URL…)"
    }
}
