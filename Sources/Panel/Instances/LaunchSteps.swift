internal import PanelAPI

/// The steps of a launch. As those of a claim: EC2 is read, then at most one call changes
/// something, and the database has the intention before it.
struct LaunchSteps: Sendable {
    static let tag = "howdah:launch"
    /// How long EC2 may leave a new instance out of its answers. A call whose answer was lost is
    /// made again only after that: a cloud that ignores ClientToken must not start two.
    static let settleSeconds = 60.0
    /// Without an instance the launch is given up.
    static let limitSeconds = 900.0
    /// From its start to its enrolment; later is worth a line.
    static let enrolmentSeconds = 900.0

    let settings: PanelSettings
    let launches: LaunchRepository
    let nodes: NodeRepository
    let cloud: any Cloud
    let time: PanelTime

    /// A launch that was ordered, after a look at EC2 and at most one call; nil if there is
    /// nothing to do but wait. Throws what may pass.
    func request(_ record: LaunchRecord) async throws -> LaunchRecord? {
        let found = try await cloud.instances(taggedWithLaunch: record.id)
        guard found.count <= 1 else {
            let ids = found.map(\.id).sorted().joined(separator: "', '")
            return failed(record, "several instances carry the launch's tag: '\(ids)'")
        }
        if let instance = found.first { return launched(record, instance.id) }
        let now = time.now()
        // First: while an answer is open there may be an instance.
        if let askedAt = record.askedAt, now - askedAt < Self.settleSeconds { return nil }
        guard now - record.requestedAt < Self.limitSeconds else {
            return failed(record, "EC2 did not start it in \(Int(Self.limitSeconds)) s")
        }
        return try await ask(record)
    }

    private func ask(_ record: LaunchRecord) async throws -> LaunchRecord {
        var asking = record
        asking.askedAt = time.now()
        try await launches.update(asking, audit: nil, now: time.now())
        do {
            let instance = try await cloud.launch(try order(asking))
            return launched(asking, instance.id)
        } catch let error as CloudError where !error.isTransient {
            return failed(asking, error.description)
        }
    }

    private func order(_ record: LaunchRecord) throws -> InstanceOrder {
        let cluster = try settings.cluster(record.cluster)
        return InstanceOrder(
            template: cluster.template(of: record.role), subnetID: record.subnetID,
            isSpot: record.market == .spot, userData: Self.userData(record),
            tags: [
                Enroller.clusterTag: record.cluster, Enroller.roleTag: record.role,
                Self.tag: record.id,
            ], token: record.id)
    }

    /// Laid over the image's cluster file (docs/cluster-file.md).
    static func userData(_ record: LaunchRecord) -> String {
        "howdah: 1\ncluster: \(record.cluster)\nrole: \(record.role)\n"
    }

    /// One that EC2 has made, by what EC2 says of it now; nil where that is no news.
    func watch(_ record: LaunchRecord, _ instance: CloudInstance?) async throws -> LaunchRecord? {
        guard let id = record.instanceID else { return failed(record, "it has no instance") }
        var next = record
        if try await nodes.node(id) != nil {
            next.state = .enrolled
            next.stateAt = time.now()
            next.problem = nil
            return next
        }
        if let instance, CloudState.isFinal(instance.state) {
            return failed(record, "'\(id)' ended before it enrolled")
        }
        if instance == nil, time.now() - record.stateAt > CloudState.forgottenAfterSeconds {
            return failed(record, "EC2 has forgotten '\(id)', which never enrolled")
        }
        guard record.problem == nil, time.now() - record.stateAt > Self.enrolmentSeconds else {
            return nil
        }
        next.problem =
            "'\(id)' has not enrolled \(Int(Self.enrolmentSeconds / 60)) minutes after its start; "
            + "look at its console output"
        return next
    }

    private func launched(_ record: LaunchRecord, _ instanceID: String) -> LaunchRecord {
        var next = record
        next.state = .launched
        next.instanceID = instanceID
        next.stateAt = time.now()
        next.problem = nil
        return next
    }

    private func failed(_ record: LaunchRecord, _ reason: String) -> LaunchRecord {
        var next = record
        next.state = .failed
        next.problem = reason
        next.stateAt = time.now()
        return next
    }

    /// An instance's end, after a look at EC2 and at most one call; nil to wait.
    func end(_ record: TerminationRecord) async throws -> TerminationRecord? {
        var next = record
        guard let instance = try await cloud.instances([record.instanceID]).first else {
            guard try await isForgotten(record) else { return nil }
            next.doneAt = time.now()
            return next
        }
        if CloudState.isFinal(instance.state) {
            next.doneAt = time.now()
            next.problem = nil
            return next
        }
        if instance.state == "shutting-down" { return nil }
        guard instance.tags[Enroller.clusterTag] == record.cluster else {
            return troubled(
                record,
                "the tag '\(Enroller.clusterTag)' of '\(instance.id)' is not "
                    + "'\(record.cluster)': it is not this panel's to end")
        }
        do {
            try await cloud.terminate(instance: instance.id)
        } catch {
            guard !error.isTransient else { throw error }
            return troubled(record, error.description)
        }
        return nil
    }

    /// Whether EC2, which leaves the instance out of its answer, has let go of it for good.
    private func isForgotten(_ record: TerminationRecord) async throws -> Bool {
        guard let node = try await nodes.node(record.instanceID) else {
            return time.now() - record.requestedAt > CloudState.forgottenAfterSeconds
        }
        return node.retiredAt != nil
    }

    /// Nil where that was said before.
    private func troubled(_ record: TerminationRecord, _ problem: String) -> TerminationRecord? {
        guard record.problem != problem else { return nil }
        var next = record
        next.problem = problem
        return next
    }
}
