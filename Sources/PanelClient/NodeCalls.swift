public import PanelAPI

/// What a node asks of its panel. Every call may be repeated: the panel answers the same again.
extension PanelClient {
    /// This node is the cluster's master. Refused with `two-masters` while another one lives.
    public func putMaster() async throws -> MasterRecord {
        try caller.decode(try await asNode("PUT", "/v1/master"), "PUT /v1/master")
    }

    /// The master, once it is known; nil if it is not after `waitSeconds`.
    public func master(waitSeconds: Int = 0) async throws -> MasterRecord? {
        let answer = try await asNode(
            "GET", "/v1/master" + Self.query(waitSeconds), limit: Self.limit(waitSeconds))
        return answer.status == 204 ? nil : try caller.decode(answer, "GET /v1/master")
    }

    /// Every enrolled node of the cluster.
    public func members() async throws -> [Member] {
        try caller.decode(try await asNode("GET", "/v1/members"), "GET /v1/members")
    }

    /// The members once they are others than those of `revision`; nil if they are not after
    /// `waitSeconds`.
    public func roll(unlike revision: String?, waitSeconds: Int) async throws -> MemberRoll? {
        let wait = min(max(0, waitSeconds), Self.maximumWaitSeconds)
        let known = revision.map { "&unlike=" + Self.segment($0) } ?? ""
        let answer = try await asNode(
            "GET", "/v1/roll?wait=\(wait)\(known)", limit: Self.limit(wait))
        return answer.status == 204 ? nil : try caller.decode(answer, "GET /v1/roll")
    }

    /// Asks for the volume of a mount; the same mount gets the same claim.
    public func claim(_ request: VolumeClaimRequest) async throws -> VolumeClaim {
        let body = try caller.encode(request)
        return try caller.decode(
            try await asNode("POST", "/v1/volumes/claims", body: body), "POST /v1/volumes/claims")
    }

    /// How a claim stands; comes back early once it is attached or failed.
    public func claimStatus(_ id: String, waitSeconds: Int = 0) async throws -> VolumeClaim {
        let path = "/v1/volumes/claims/" + Self.segment(id)
        let answer = try await asNode(
            "GET", path + Self.query(waitSeconds), limit: Self.limit(waitSeconds))
        return try caller.decode(answer, "GET \(path)")
    }

    /// Tells the panel of the file system that was made on a claim's volume; ends its first use.
    public func reportFilesystem(
        claim id: String, _ report: FilesystemReport
    ) async throws -> VolumeClaim {
        let path = "/v1/volumes/claims/\(Self.segment(id))/filesystem"
        let body = try caller.encode(report)
        return try caller.decode(try await asNode("POST", path, body: body), "POST \(path)")
    }

    /// Tells the panel which file system is about to be made, before it is.
    public func beginFormat(claim id: String, _ intent: FormatIntent) async throws -> VolumeClaim {
        let path = "/v1/volumes/claims/\(Self.segment(id))/format"
        let body = try caller.encode(intent)
        return try caller.decode(try await asNode("POST", path, body: body), "POST \(path)")
    }

    /// Gives a volume with a half-made file system out of the claim's hands; a new one follows.
    public func setAside(claim id: String, _ request: SetAsideRequest) async throws -> VolumeClaim {
        let path = "/v1/volumes/claims/\(Self.segment(id))/set-aside"
        let body = try caller.encode(request)
        return try caller.decode(try await asNode("POST", path, body: body), "POST \(path)")
    }

    /// Asks whether this node may do a one-time preparation.
    public func leave(_ name: String) async throws -> Leave {
        let path = "/v1/leaves/" + Self.segment(name)
        return try caller.decode(try await asNode("POST", path), "POST \(path)")
    }

    /// Says that the preparation was done: nobody gets leave for it again.
    public func leaveDone(_ name: String) async throws -> Leave {
        let path = "/v1/leaves/\(Self.segment(name))/done"
        return try caller.decode(try await asNode("POST", path), "POST \(path)")
    }

    /// What the master is to run of HDFS's balancer, once that is something else than what
    /// `revision` names; nil if it is not after `waitSeconds`.
    public func balance(unlike revision: String?, waitSeconds: Int) async throws -> BalanceTask? {
        let wait = min(max(0, waitSeconds), Self.maximumWaitSeconds)
        let known = revision.map { "&unlike=" + Self.segment($0) } ?? ""
        let answer = try await asNode(
            "GET", "/v1/balance?wait=\(wait)\(known)", limit: Self.limit(wait))
        return answer.status == 204 ? nil : try caller.decode(answer, "GET /v1/balance")
    }

    /// How a run of the balancer stands.
    public func report(_ report: BalanceReport, ofBalance id: String) async throws {
        _ = try await asNode(
            "PUT", "/v1/balance/" + Self.segment(id), body: try caller.encode(report))
    }

    public func report(_ boot: BootReport) async throws {
        _ = try await asNode("POST", "/v1/reports", body: try caller.encode(boot))
    }

    public func heartbeat(_ beat: Heartbeat) async throws -> HeartbeatAnswer {
        let body = try caller.encode(beat)
        return try caller.decode(
            try await asNode("POST", "/v1/heartbeats", body: body), "POST /v1/heartbeats")
    }

    private static func query(_ waitSeconds: Int) -> String {
        waitSeconds > 0 ? "?wait=\(min(waitSeconds, maximumWaitSeconds))" : ""
    }

    private static func limit(_ waitSeconds: Int) -> Duration {
        .seconds(min(max(0, waitSeconds), maximumWaitSeconds)) + Caller.waitMargin
    }

    /// One path segment, percent-encoded (RFC 3986, section 3.3) but for unreserved characters.
    static func segment(_ text: String) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var encoded: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
                UInt8(ascii: "_"), UInt8(ascii: "~"):
                encoded.append(byte)
            default:
                encoded += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: encoded, as: UTF8.self)
    }
}
