internal import AWS
internal import Cluster
internal import Host
internal import PackageInstall
internal import PanelAPI

/// Looks ahead at each step of a boot. It reads files, mounts and daemons, and writes nothing.
struct PreviewWork: Sendable {
    /// What stands in a file for what is not known yet.
    static let unknownMaster = "(the master's address)"
    static let unknownName = "(this node's name)"

    let world: NodeWorld
    let plan: BootPlan
    /// What the hosts file of a boot before this one says.
    let master: String?
    /// The name that a boot of this instance has got.
    let name: String?
    private let redactor: Redactor
    /// The newest boot of this very instance and configuration.
    private let last: BootState?

    init(world: NodeWorld, plan: BootPlan) throws {
        self.world = world
        self.plan = plan
        let files = world.paths.files
        let state = try StateStore(files: files).status()
        let own = state?.instanceID == plan.facts.instanceID ? state : nil
        last = own?.configurationHash == plan.configurationHash ? own : nil
        master =
            plan.isMaster
            ? plan.facts.address
            : Neighbours.master(in: try files.textIfPresent(Neighbours.hostsPath) ?? "")
        let hostname = try files.textIfPresent(Neighbours.hostNamePath)
        name = own == nil ? nil : hostname?.filter { !$0.isWhitespace }
        redactor = Redactor(known: plan.secretSettings)
    }

    func preview() async throws -> BootPreview {
        var steps = [
            StepPreview(
                "facts", .ask,
                ["metadata has answered: " + plan.claims.map(\.description).joined(separator: "; ")]
            )
        ]
        steps += metadata + [credentials, enrol, hosts]
        steps += plan.cluster.storage.map(volume) + [packages]
        let (files, planned) = files()
        steps += [files, preparations, await daemons(planned)]
        steps.append(StepPreview("report", .ask, ["tells the panel how the boot went"]))
        return BootPreview(
            instanceID: plan.facts.instanceID, role: plan.role, cluster: plan.cluster.cluster,
            configurationHash: plan.configurationHash, node: plan.headLines,
            steps: ordered(steps).map(redacted))
    }

    /// With what each comes after, as the boot itself has it; without where it has none.
    private func ordered(_ steps: [StepPreview]) -> [StepPreview] {
        guard let panel = try? world.connect(plan.cluster, plan.address) else { return steps }
        let after = StepGraph.wholeOrder(BootSteps(world: world, plan: plan, panel: panel).all)
        return steps.map { step in
            var step = step
            step.after = after[step.name] ?? []
            return step
        }
    }

    private var metadata: [StepPreview] {
        guard world.metadataDoor != nil else { return [] }
        let name = BootPlan.metadataStep
        let words = "closes \(MetadataDoor.list) to all but root, and tries it as 'nobody'"
        switch plan.metadataAccess {
        case .everyone?:
            return [StepPreview(name, .nothing, ["open to every user, by the cluster file"])]
        case .root?:
            return [StepPreview(name, .ask, [words, "no daemon is started before"])]
        case nil: return [StepPreview(name, .ask, [words, "without that the boot is degraded"])]
        }
    }

    private var credentials: StepPreview {
        let words =
            plan.facts.iamRole.map { "gets temporary credentials of the IAM role '\($0)'" }
            ?? "no IAM role here: gets credentials from the environment"
        return StepPreview("credentials", .ask, [words])
    }

    /// Connecting makes what will ask, and asks nobody.
    private var enrol: StepPreview {
        do {
            _ = try world.connect(plan.cluster, plan.address)
        } catch {
            return StepPreview("enrol", .fail, ["\(error)"])
        }
        return StepPreview(
            "enrol", .ask,
            [
                "proves to the panel at \(plan.cluster.panel) who this is"
                    + (plan.cluster.enrolment == .token ? ", by its own key" : "")
            ],
            later: ["whether the panel agrees on role and cluster, and the node's name"])
    }

    private func redacted(_ step: StepPreview) -> StepPreview {
        var step = step
        step.actions = step.actions.map(redactor.hidingKnown)
        step.diffs = step.diffs.map(redactor.text)
        return step
    }

    // MARK: - Hosts

    private var hosts: StepPreview {
        let files = world.paths.files
        var step = StepPreview(
            "hosts", .later, ["writes the cluster's block in \(Neighbours.hostsPath)"])
        guard plan.isMaster else {
            step.later = ["the master's address and the members, from the panel"]
            if let master { step.actions.append("after the last boot the master was at \(master)") }
            return step
        }
        step.actions.append("this node is the master, at \(plan.facts.address)")
        step.later = ["the other members and their addresses, from the panel"]
        do {
            let old = try files.textIfPresent(Neighbours.hostsPath)
            let new = try Neighbours(world, address: plan.facts.address)
                .text(from: old, ownAddress: plan.facts.address)
            if let diff = UnifiedDiff.text(from: old, to: new, path: Neighbours.hostsPath) {
                step.outlook = .change
                step.diffs = [diff]
            }
        } catch {
            step.outlook = .fail
            step.actions.append("\(error)")
        }
        return step
    }

    // MARK: - Packages

    private var packages: StepPreview {
        let names = plan.part.packages
        guard !names.isEmpty else {
            return StepPreview("packages", .nothing, ["the role has none"])
        }
        let before = last?.steps.first { $0.name == "packages" }
        var actions = ["wants \(names.joined(separator: ", "))"]
        switch before?.outcome {
        case .done?, .unchanged?:
            actions.append("all were there after the last boot of this configuration")
        default:
            actions.append(
                Installer.hasDatabase(root: world.paths.root)
                    ? "which are missing is looked up in the package database then"
                    : "no package database here: all are missing")
        }
        actions += plan.cluster.repositories.map {
            "asks \($0.baseURL)/repodata/repomd.xml ('\($0.id)')"
        }
        return StepPreview(
            "packages", .ask, actions, later: ["versions, and what these packages need"])
    }
}

extension BootPlan {
    /// Values of settings whose names say that they are secret, the stack's among them.
    var secretSettings: [String] {
        part.files.compactMap(\.content.settings).flatMap { name in
            stack.settings(for: name, role: role, cluster: cluster)
                .filter { ClusterFile.isSecret($0.key) }.map(\.value)
        }
    }
}
