internal import Digests
internal import Hummingbird
internal import PanelAPI

/// Volumes that nodes ask for.
struct VolumeController: Sendable {
    static let idBytes = 12
    /// GiB; the most that any EBS type takes (EBS user guide, "Volume types").
    static let sizes = 1...65_536
    static let types: Set<String> = ["gp2", "gp3", "io1", "io2", "sc1", "st1", "standard"]
    static let maximumMountLength = 255

    let claims: ClaimRepository
    let waiters: Waiters
    let worker: WakeUp
    let time: PanelTime

    func addRoutes(to group: RouterGroup<PanelContext>) {
        group.post("claims") { request, context in
            let asked = try await JSONBody.decode(VolumeClaimRequest.self, from: request)
            try Self.check(asked)
            let record = try await claims.claim(
                asked, for: try context.node(),
                id: "claim-\(Hex.encode(time.random(Self.idBytes)))", now: time.now())
            await worker.call()
            return try JSONBody.response(record.claim)
        }
        group.get("claims/:id") { request, context in
            let (node, id) = (try context.node(), try context.parameters.require("id"))
            let settled = try await waiters.first(
                ClaimWorker.topic(id), within: try WaitParameter.seconds(of: request)
            ) {
                let record = try await claims.claim(id, of: node)
                return record.state.isPending ? nil : record
            }
            if let settled { return try JSONBody.response(settled.claim) }
            return try JSONBody.response(try await claims.claim(id, of: node).claim)
        }
        group.post("claims/:id/format") { request, context in
            let intent = try await JSONBody.decode(FormatIntent.self, from: request)
            try EnrolmentShape.id("volumeID", intent.volumeID)
            try EnrolmentShape.id("type", intent.type)
            try EnrolmentShape.id("uuid", intent.uuid)
            let record = try await claims.beginFormat(
                intent, claim: try context.parameters.require("id"), by: try context.node(),
                now: time.now())
            return try JSONBody.response(record.claim)
        }
        group.post("claims/:id/set-aside") { request, context in
            let asked = try await JSONBody.decode(SetAsideRequest.self, from: request)
            try EnrolmentShape.id("volumeID", asked.volumeID)
            let record = try await claims.setAside(
                asked, claim: try context.parameters.require("id"), by: try context.node(),
                now: time.now())
            await worker.call()
            return try JSONBody.response(record.claim)
        }
        group.post("claims/:id/filesystem") { request, context in
            let report = try await JSONBody.decode(FilesystemReport.self, from: request)
            try EnrolmentShape.id("type", report.type)
            try EnrolmentShape.id("uuid", report.uuid)
            let record = try await claims.reportFilesystem(
                report, claim: try context.parameters.require("id"), by: try context.node(),
                now: time.now())
            return try JSONBody.response(record.claim)
        }
    }

    static func check(mount: String) throws(Refusal) {
        guard mount.hasPrefix("/"), mount.utf8.count <= maximumMountLength,
            !mount.split(separator: "/").contains(".."),
            mount.utf8.allSatisfy({ (0x21...0x7e).contains($0) })
        else { throw Refusal.badRequest("'mount' is no absolute path such as '/data'") }
    }

    private static func check(_ request: VolumeClaimRequest) throws(Refusal) {
        try check(mount: request.mount)
        guard sizes.contains(request.sizeGiB) else {
            throw Refusal.badRequest(
                "'sizeGiB' is \(request.sizeGiB), expected \(sizes.lowerBound) "
                    + "to \(sizes.upperBound)")
        }
        guard types.contains(request.type) else {
            throw Refusal.badRequest(
                "'type' is no EBS volume type; one of \(types.sorted().joined(separator: ", "))")
        }
    }
}
