internal import Digests
internal import Hummingbird
internal import PanelAPI

/// A cluster's volumes, and what people have done with them.
struct VolumeCareController: Sendable {
    static let idBytes = 12

    let settings: PanelSettings
    let lister: VolumeLister
    let care: CareRepository
    let worker: WakeUp
    let time: PanelTime

    /// Below `/v1/clusters`.
    func addRoutes(to group: RouterGroup<PanelContext>) {
        group.get(":name/volumes") { _, context in
            _ = try context.person(atLeast: .viewer)
            let cluster = try settings.cluster(try context.parameters.require("name"))
            return try JSONBody.response(try await lister.list(cluster))
        }
        group.get(":name/operations") { _, context in
            _ = try context.person(atLeast: .viewer)
            let cluster = try settings.cluster(try context.parameters.require("name"))
            return try JSONBody.response(try await care.all(of: cluster.name).map(\.operation))
        }
        group.post(":name/volumes/:id/operations") { request, context in
            _ = try context.person(atLeast: .operator)
            let order = try await JSONBody.decode(VolumeOperationOrder.self, from: request)
            let person = try context.person(atLeast: order.kind == .delete ? .admin : .operator)
            let volume = try await volume(context)
            guard order.kind != .delete || order.confirm == volume.id else {
                throw Refusal.badRequest("'confirm' is not the volume's id '\(volume.id)'")
            }
            let record = CareRecord(
                id: "care-\(Hex.encode(time.random(Self.idBytes)))",
                cluster: try context.parameters.require("name"), volumeID: volume.id,
                kind: order.kind, state: .working, requestedBy: person.name,
                requestedAt: time.now())
            try await care.insert(record)
            await worker.call()
            return try JSONBody.response(record.operation, status: .accepted)
        }
        group.post(":name/volumes/:id/offer") { request, context in
            let person = try context.person(atLeast: .operator)
            let offer = try await JSONBody.decode(VolumeOffer.self, from: request)
            let volume = try await volume(context)
            let isFree = try await lister.isFree(volume)
            guard isFree, volume.use == .orphan || volume.use == .offered else {
                throw Refusal.conflict(
                    "volume-in-use",
                    "'\(volume.id)' is \(volume.use.rawValue), on "
                        + "\(volume.attachedTo.isEmpty ? "nothing" : volume.attachedTo[0]); "
                        + "only an orphan can be offered")
            }
            try VolumeController.check(mount: offer.mount)
            try EnrolmentShape.id("role", offer.role)
            try await care.offer(
                OfferRecord(
                    volumeID: volume.id, cluster: try context.parameters.require("name"),
                    role: offer.role, mount: offer.mount, zone: volume.zone,
                    offeredBy: person.name, offeredAt: time.now()))
            return Response(status: .noContent)
        }
        group.delete(":name/volumes/:id/offer") { _, context in
            let person = try context.person(atLeast: .operator)
            let cluster = try settings.cluster(try context.parameters.require("name"))
            let isGone = try await care.withdraw(
                try context.parameters.require("id"), in: cluster.name, by: person.name,
                now: time.now())
            guard isGone else {
                throw Refusal.notFound("unknown-volume", "there is no offer of this volume")
            }
            return Response(status: .noContent)
        }
    }

    private func volume(_ context: PanelContext) async throws -> VolumeView {
        let cluster = try settings.cluster(try context.parameters.require("name"))
        let id = try context.parameters.require("id")
        guard let volume = try await lister.list(cluster).first(where: { $0.id == id }) else {
            throw Refusal.notFound(
                "unknown-volume", "EC2 has no volume of this id with the cluster's tag")
        }
        return volume
    }
}
