public import FoundationEssentials
public import Host
public import Transfer

/// Instances and volumes of EC2, or a cloud that speaks its query API.
public struct EC2Client: Sendable {
    static let version = "2016-11-15"
    public static let maximumPages = 200
    static let limits = TransferLimits(maximumBody: 64 << 20)

    let caller: ServiceCaller

    /// Throws an `EndpointError` where settings name no region, or no proper endpoint.
    public init(
        settings: AWSSettings, credentials: any CredentialsProvider, transfer: TransferClient,
        now: @escaping @Sendable () -> Date = WallClock.now
    ) throws(EndpointError) {
        caller = try ServiceCaller(
            .ec2, style: .normalized, settings: settings, credentials: credentials,
            transfer: transfer, now: now)
    }

    /// What is asked for again after a broken connection: everything that may be done twice.
    enum Repeatable {
        case yes
        /// Makes something: asked again only where the request cannot have arrived. (ClientToken
        /// would allow more, but moto and others ignore it.)
        case no
    }

    /// Calls an action and returns the answer's root element.
    func call(
        _ action: String, _ parameters: [(String, String)], _ repeatable: Repeatable = .yes
    ) async throws -> XMLElement {
        var call = ServiceCaller.Call.form(action, version: EC2Client.version, parameters)
        call.limits = EC2Client.limits
        if repeatable == .no {
            call.retry = RetryPolicy(statuses: [429, 503], transport: .beforeSending)
        }
        return try caller.document(call, try await caller.send(call))
    }

    /// Calls a Describe action until there is no further page.
    func pages(
        _ action: String, _ parameters: [(String, String)], each: (XMLElement) throws -> Void
    ) async throws {
        var token: String?
        for _ in 0..<EC2Client.maximumPages {
            let next = token.map { [("NextToken", $0)] } ?? []
            let document = try await call(action, parameters + next)
            try each(document)
            token = document.value("nextToken")
            if token == nil { return }
        }
        throw UnreadableAnswer(
            service: "ec2", operation: action,
            reason: "more than \(EC2Client.maximumPages) pages")
    }

    func unreadable(_ action: String, _ reason: String) -> UnreadableAnswer {
        UnreadableAnswer(service: "ec2", operation: action, reason: reason)
    }

    /// Adds tags to instances, volumes and the like, or replaces their values.
    public func createTags(_ tags: [String: String], on resources: [String]) async throws {
        let named = EC2Parameters.list("ResourceId", resources)
        _ = try await call("CreateTags", named + EC2Parameters.tags("Tag", tags))
    }
}

/// A condition of a Describe action: any of the values.
public struct EC2Filter: Sendable, Equatable {
    public var name: String
    public var values: [String]

    public init(_ name: String, _ values: [String]) {
        self.name = name
        self.values = values
    }

    /// That a tag has a value.
    public static func tag(_ name: String, _ value: String) -> EC2Filter {
        EC2Filter("tag:\(name)", [value])
    }
}

/// The query API's way to write lists: `Name.1`, `Name.2`.
enum EC2Parameters {
    static func list(_ name: String, _ values: [String]) -> [(String, String)] {
        values.enumerated().map { ("\(name).\($0.offset + 1)", $0.element) }
    }

    static func tags(_ name: String, _ tags: [String: String]) -> [(String, String)] {
        tags.sorted { $0.key < $1.key }.enumerated().flatMap { index, tag in
            [("\(name).\(index + 1).Key", tag.key), ("\(name).\(index + 1).Value", tag.value)]
        }
    }

    static func tagSpecification(
        _ resource: String, _ values: [String: String]
    ) -> [(String, String)] {
        guard !values.isEmpty else { return [] }
        return [("TagSpecification.1.ResourceType", resource)]
            + tags("TagSpecification.1.Tag", values)
    }

    static func filters(_ filters: [EC2Filter]) -> [(String, String)] {
        filters.enumerated().flatMap { index, filter in
            [("Filter.\(index + 1).Name", filter.name)]
                + list("Filter.\(index + 1).Value", filter.values)
        }
    }
}

extension XMLElement {
    /// The `item` elements of a set; none where the set is missing.
    func items(_ set: String) -> [XMLElement] { self[set]?.all("item") ?? [] }

    /// `tagSet` as a dictionary.
    var tags: [String: String] {
        let pairs = items("tagSet").compactMap { item in
            item.value("key").map { ($0, item["value"]?.text ?? "") }
        }
        return Dictionary(pairs) { $1 }
    }
}
