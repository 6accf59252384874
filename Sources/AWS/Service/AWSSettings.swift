/// The region and the endpoints, as the AWS tools take them from environment and profile.
public struct AWSSettings: Sendable, Equatable {
    public enum Service: String, Sendable, CaseIterable {
        case s3, sts, ec2
    }

    /// Where the bucket's name goes.
    public enum Addressing: String, Sendable {
        /// Into the host name at AWS, into the path elsewhere.
        case auto
        case path
        /// Into the host name wherever the name allows it.
        case virtual
    }

    /// AWS_REGION, AWS_DEFAULT_REGION, or the profile's `region`.
    public var region: String?
    /// Endpoint overrides by service; a URL without a query.
    public var endpoints: [Service: String]
    public var addressing = Addressing.auto
    /// Endpoints that have IPv6 too.
    public var usesDualStack = false
    /// Endpoints whose cryptography is validated by FIPS 140.
    public var usesFIPS = false

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
        func isTrue(_ name: String, _ key: String) -> Bool {
            (value(name) ?? files[key])?.lowercased() == "true"
        }
        var settings = AWSSettings(
            region: value("AWS_REGION") ?? value("AWS_DEFAULT_REGION") ?? files["region"])
        let style = value("AWS_S3_ADDRESSING_STYLE") ?? files.nested("s3", "addressing_style")
        settings.addressing = style.flatMap { Addressing(rawValue: $0.lowercased()) } ?? .auto
        settings.usesDualStack =
            isTrue("AWS_USE_DUALSTACK_ENDPOINT", "use_dualstack_endpoint")
            || files.nested("s3", "use_dualstack_endpoint")?.lowercased() == "true"
        settings.usesFIPS = isTrue("AWS_USE_FIPS_ENDPOINT", "use_fips_endpoint")
        guard !isTrue("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "ignore_configured_endpoint_urls")
        else { return settings }
        for service in Service.allCases {
            settings.endpoints[service] =
                value("AWS_ENDPOINT_URL_\(service.rawValue.uppercased())")
                ?? value("AWS_ENDPOINT_URL") ?? files.service(service.rawValue, "endpoint_url")
                ?? files["endpoint_url"]
        }
        return settings
    }

    /// The region, or an error that says how to give one.
    public func requiredRegion() throws(EndpointError) -> String {
        guard let region else { throw .noRegion }
        return region
    }

    /// Where no region is set: the one that knows of all others of its partition. S3 answers there
    /// where a bucket is, and STS who somebody is.
    public static let regionOfLastResort = "us-east-1"

    var withSomeRegion: AWSSettings {
        var settings = self
        settings.region = region ?? AWSSettings.regionOfLastResort
        return settings
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
public enum EndpointError: Error, CustomStringConvertible, Sendable, Equatable {
    case noRegion
    /// What is given as a region would make another host name.
    case badRegion(String)
    /// An override that is no URL.
    case badURL(String)
    /// There are no such endpoints.
    case notThere(service: String, region: String, what: String)

    public var description: String {
        switch self {
        case .noRegion: "no aws region: set AWS_REGION, or 'region' in the profile"
        case .badRegion(let region):
            "'\(region)' is no aws region: set AWS_REGION, or 'region' in the profile"
        case .badURL(let url): "endpoint '\(url)' is no http or https url (AWS_ENDPOINT_URL…)"
        case .notThere(let service, let region, let what):
            "\(service) has no \(what) endpoint in '\(region)'; unset AWS_USE_FIPS_ENDPOINT"
        }
    }
}
