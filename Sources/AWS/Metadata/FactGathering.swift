internal import FoundationEssentials
internal import Glibc

/// Puts an instance's facts together from the answers of a metadata service, which may be anything:
/// each is checked before it becomes a fact. Its errors name no endpoint.
struct FactGathering: Sendable {
    /// EC2 allows 50 tags.
    static let maximumTags = 200
    static let maximumListed = 64
    static let maximumText = 1024

    /// What stands at a path below the schema; nil for nothing.
    let ask: @Sendable (_ path: String) async throws -> [UInt8]?

    func facts() async throws -> InstanceFacts {
        let identity = try await ask("dynamic/instance-identity/document")
        let document = identity.flatMap {
            try? JSONDecoder().decode(IdentityDocument.self, from: Data($0))
        }
        let id = try await required("instance-id") { Self.isName($0) }
        let address = try await text("local-ipv4") { Self.isAddress($0, AF_INET) }
        let addresses = try await addressesOfVersion6()
        guard address != nil || !addresses.isEmpty else { throw missing("local-ipv4") }
        let zone = try await text("placement/availability-zone") { Self.isName($0) }
        // The region is the zone's name without its letter, where nothing says more.
        let placed = try await text("placement/region") { Self.isName($0) }
        let named = document?.region.flatMap { Self.isName($0) ? $0 : nil }
        let region = placed ?? named ?? Self.region(zone: zone ?? "")
        var facts = InstanceFacts(
            instanceID: id, instanceType: try await text("instance-type") ?? "",
            imageID: try await text("ami-id") ?? "", localIPv4: address ?? "",
            hostname: try await text("local-hostname") ?? id, availabilityZone: zone ?? "",
            availabilityZoneID: try await text("placement/availability-zone-id"),
            region: region, accountID: document?.accountId, tags: try await tags(),
            userData: try await userData(), iamRole: try await iamRole())
        facts.localIPv6 = addresses
        facts.publicIPv4 = try await text("public-ipv4") { Self.isAddress($0, AF_INET) }
        facts.architecture = document?.architecture
        facts.identityDocument = identity
        facts.lifeCycle = try await text("instance-life-cycle")
        facts.blockDevices = try await blockDevices()
        return facts
    }

    /// The JSON of the identity document, as far as it is used.
    private struct IdentityDocument: Decodable {
        var accountId: String?
        var region: String?
        var architecture: String?
    }

    private func addressesOfVersion6() async throws -> [String] {
        try await list("ipv6").filter { Self.isAddress($0, AF_INET6) }
    }

    private func iamRole() async throws -> String? {
        try await list("iam/security-credentials/").first { Self.isPath($0) }
    }

    private func userData() async throws -> [UInt8]? {
        try await ask("user-data").flatMap { $0.isEmpty ? nil : $0 }
    }

    private func blockDevices() async throws -> [String: String] {
        var devices: [String: String] = [:]
        for name in try await list("block-device-mapping/") where Self.isName(name) {
            devices[name] = try await text("block-device-mapping/\(name)") { Self.isPath($0) }
        }
        return devices
    }

    private func tags() async throws -> [String: String]? {
        let folder = "meta-data/tags/instance"
        guard let bytes = try await ask(folder) else { return nil }
        var tags: [String: String] = [:]
        for name in Self.lines(bytes).prefix(Self.maximumTags) {
            // All of these may stand in a path as they are (RFC 3986, pchar).
            let segment = URIEncoding.encode(name, keeping: ":@+=")
            tags[name] = try await ask("\(folder)/\(segment)").map {
                String(decoding: $0, as: UTF8.self)
            }
        }
        return tags
    }

    private func required(
        _ path: String, where isRight: (String) -> Bool
    ) async throws -> String {
        guard let value = try await text(path, where: isRight) else { throw missing(path) }
        return value
    }

    /// One line of printable text; nil where there is nothing.
    private func text(
        _ path: String, where isRight: (String) -> Bool = { _ in true }
    ) async throws -> String? {
        guard let bytes = try await ask("meta-data/\(path)") else { return nil }
        let value = String(decoding: bytes.prefix(Self.maximumText), as: UTF8.self)
            .trimmingBlanks
        guard !value.isEmpty else { return nil }
        let isLine = value.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7f }
        guard isLine, bytes.count <= Self.maximumText, isRight(value) else {
            let start = value.unicodeScalars.prefix(40)
                .map { $0.value < 0x20 || $0.value == 0x7f ? " " : String($0) }.joined()
            throw MetadataError(
                kind: .unreadable("'\(start)' cannot be right"), endpoint: "",
                path: "/meta-data/\(path)", attempts: 1)
        }
        return value
    }

    private func list(_ path: String) async throws -> [String] {
        Array(Self.lines(try await ask("meta-data/\(path)") ?? []).prefix(Self.maximumListed))
    }

    private func missing(_ path: String) -> MetadataError {
        MetadataError(
            kind: .missing(hint: "nothing is there"), endpoint: "",
            path: "/meta-data/\(path)", attempts: 1)
    }

    private static func region(zone: String) -> String {
        zone.last?.isLetter == true ? String(zone.dropLast()) : zone
    }

    private static func lines(_ bytes: [UInt8]) -> [String] {
        String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline)
            .map(\.trimmingBlanks).filter { !$0.isEmpty }
    }
}

extension FactGathering {
    /// What may name a folder and stand in a path.
    private static func isName(_ text: String) -> Bool {
        text.utf8.count <= 255 && text.utf8.first != UInt8(ascii: ".")
            && text.utf8.allSatisfy { isAlphanumeric($0) || "-_.".utf8.contains($0) }
    }

    /// inet_pton(3) takes no other form than the whole one.
    private static func isAddress(_ text: String, _ family: Int32) -> Bool {
        var address = in6_addr()
        return inet_pton(family, text, &address) == 1
    }

    /// IAM allows these in a role's name; devices have slashes.
    private static func isPath(_ text: String) -> Bool {
        !text.contains("..")
            && text.utf8.allSatisfy { isAlphanumeric($0) || "+=,.@-_/".utf8.contains($0) }
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "A")...UInt8(ascii: "Z"):
            true
        default: false
        }
    }
}

extension MetadataClient {
    /// All facts of this instance. Throws `MetadataError`.
    public func facts() async throws -> InstanceFacts {
        do {
            return try await FactGathering { try await self.bytes($0) }.facts()
        } catch var error as MetadataError where error.endpoint.isEmpty {
            error.endpoint = endpoint
            throw error
        }
    }
}
