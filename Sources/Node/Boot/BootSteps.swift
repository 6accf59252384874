internal import AWS
internal import Cluster
internal import Host
internal import PanelAPI

/// The steps of one boot: enrol needs credentials; hosts, volumes and packages come after it, side
/// by side; files need all of these; then preparations and daemons. Nothing is installed and no
/// disk is touched before the panel agrees on what the node is.
struct BootSteps: Sendable {
    let world: NodeWorld
    let plan: BootPlan
    let panel: any PanelConnection
    let findings = Findings()

    /// What one step finds and later ones use.
    actor Findings {
        private(set) var master: MasterRecord?
        private(set) var name = ""
        private(set) var members: [Member] = []
        private(set) var written = WrittenFiles()

        func found(master: MasterRecord) { self.master = master }
        func found(members: [Member]) { self.members = members }
        func found(name: String) { self.name = name }
        func found(written: WrittenFiles) { self.written = written }
    }

    var all: [Step] {
        let volumeNames = plan.cluster.storage.map { "volume \($0.mount)" }
        let limits = world.deadlines
        let isClosedFirst = world.metadataDoor != nil && plan.metadataAccess == .root
        return metadata + [
            Step("credentials", deadline: limits.call, run: credentials),
            Step("enrol", after: ["credentials"], deadline: limits.enrolStep, run: enrol),
            Step(
                "hosts", after: ["enrol"], deadline: limits.hostsStep, retry: limits.retry,
                run: hosts),
        ]
            + zip(volumeNames, plan.cluster.storage).map { name, storage in
                Step(name, after: ["enrol"], deadline: limits.volume, retry: limits.retry) {
                    try await world.volumes(plan, storage, panel)
                }
            }
            + [
                Step(
                    "packages", after: ["enrol"], deadline: limits.packages, retry: limits.retry
                ) {
                    try await world.packages(plan)
                },
                Step(
                    "files", after: ["hosts", "packages"] + volumeNames,
                    deadline: limits.call, run: files),
                Step(
                    "preparations",
                    after: ["files"] + (isClosedFirst ? [BootPlan.metadataStep] : []),
                    deadline: limits.daemons, run: preparations),
                Step(
                    "daemons", after: ["preparations"], deadline: limits.daemons,
                    run: daemons),
            ]
    }

    private var metadata: [Step] {
        guard let door = world.metadataDoor else { return [] }
        let access = plan.metadataAccess
        return [
            Step(BootPlan.metadataStep, deadline: world.deadlines.call) {
                try await door.bring(access)
            }
        ]
    }

    /// What is left to do once another instance is the master and the hosts file says so: the files
    /// that name it, and the daemons that read them.
    func following(_ master: MasterRecord, name: String) async -> [Step] {
        await findings.found(master: master)
        await findings.found(name: name)
        let limits = world.deadlines
        return [
            Step("files", deadline: limits.call, run: files),
            Step("daemons", after: ["files"], deadline: limits.daemons, run: daemons),
        ]
    }

    private func credentials() async throws -> StepResult {
        let credentials: Credentials
        do {
            credentials = try await world.credentials.credentials()
        } catch {
            if plan.cluster.enrolment == .token {
                return .unchanged("none here; the node enrols by its own key")
            }
            throw NoCredentials(cause: "\(error)", role: plan.facts.iamRole)
        }
        let role = plan.facts.iamRole ?? "no role"
        guard credentials.sessionToken != nil else {
            return .done("static credentials of the environment")
        }
        return .done("temporary credentials of the IAM role '\(role)'")
    }

    private func enrol() async throws -> StepResult {
        let enrolment = try await PanelWait(
            panel: plan.cluster.panel, deadlines: world.deadlines, clock: world.clock,
            log: world.log.line
        ).first { try await panel.currentEnrolment() }
        guard enrolment.role == plan.role else {
            throw EnrolmentMismatch(
                what: "role", ours: plan.role, theirs: enrolment.role, panel: plan.cluster.panel)
        }
        guard enrolment.cluster == plan.cluster.cluster else {
            throw EnrolmentMismatch(
                what: "cluster", ours: plan.cluster.cluster, theirs: enrolment.cluster,
                panel: plan.cluster.panel)
        }
        await findings.found(name: enrolment.name)
        return .done("'\(enrolment.name)' of '\(enrolment.cluster)' at \(plan.cluster.panel)")
    }

    private func hosts() async throws -> StepResult {
        let name = await findings.name
        let master = plan.isMaster ? try await panel.putMaster() : try await awaitMaster()
        await findings.found(master: master)
        let members = try await panel.members()
        await findings.found(members: members)
        let neighbours = Neighbours(world, address: plan.facts.address)
        var changed = try neighbours.write(members: members, master: master)
        if try world.paths.files.writeIfChanged(name + "\n", to: Neighbours.hostNamePath) {
            changed = true
        }
        if !world.isLight { try HostName.set(name) }
        let detail = "master is \(master.address), \(members.count) members in the hosts file"
        return StepResult(changed: changed, detail)
    }

    private func awaitMaster() async throws -> MasterRecord {
        try await poll(
            every: .milliseconds(500), for: world.deadlines.master, clock: world.clock,
            what: """
                the master to tell its address to the panel at \(plan.cluster.panel); \
                see why the master is not up, then run howdah-node boot again
                """
        ) { try await panel.master(waitSeconds: 20) }
    }

    private func expansion() async -> Expansion {
        await plan.expansion(
            root: world.paths.root, address: plan.facts.address,
            masterAddress: findings.master?.address, hostname: findings.name)
    }

    private func files() async throws -> StepResult {
        let expansion = await expansion()
        let rendered = try plan.renderedFiles(expansion)
        let made = try RoleFiles().make(plan.part.directories, expansion)
        let written = try RoleFiles().write(rendered)
        for note in written.notes { world.log.line("files: \(note)") }
        await findings.found(written: written)
        // None where another master is followed: the agent keeps the lists then.
        let lists = try await MemberKeeper(world: world, plan: plan)
            .write(await findings.members, expansion)
        let changes = written.changes + lists
        return StepResult(
            changed: made + changes > 0,
            "\(changes) of \(plan.part.files.count) files written, \(made) folders made")
    }

    private func preparations() async throws -> StepResult {
        let preparations = Preparations(world: world, panel: panel)
        let expansion = await expansion()
        var run: [String] = []
        for preparation in plan.part.preparations
        where try await preparations.bringAbout(preparation, expansion) {
            run.append(preparation.name)
        }
        return StepResult(
            changed: !run.isEmpty,
            run.isEmpty ? "nothing to prepare" : run.joined(separator: ", "))
    }

    private func daemons() async throws -> StepResult {
        let keeper = try DaemonKeeper(
            world: world, plan: plan, written: await findings.written)
        let expansion = await expansion()
        var started: [String] = []
        for daemon in plan.part.daemons where try await keeper.bringUp(daemon, expansion) {
            started.append(daemon.name)
        }
        let names = plan.part.daemons.map(\.name).joined(separator: ", ")
        return StepResult(changed: !started.isEmpty, "ready: \(names)")
    }
}

/// The node has no identity to show.
struct NoCredentials: Error, CustomStringConvertible {
    let cause: String
    let role: String?

    var description: String {
        let remedy =
            role.map { "see that the instance profile's role '\($0)' may be assumed by EC2" }
            ?? "attach an instance profile with the node's IAM role"
        return "\(cause); \(remedy), then run howdah-node boot again"
    }
}

/// The panel takes the node for another than it is.
struct EnrolmentMismatch: Error, CustomStringConvertible {
    let what: String
    let ours: String
    let theirs: String
    let panel: String

    var description: String {
        """
        \(what) unclear: this node has '\(ours)', the panel at \(panel) says '\(theirs)'; \
        make the instance's tag, its IAM role, its cluster file and the panel agree
        """
    }
}
