internal import AWS
internal import Cluster
internal import Host
internal import PanelAPI

/// Keeps a role's lists of members in step with the panel, within a second or so of each change: a
/// DataNode's rack is looked up once, when it comes.
struct MemberWatch: Sendable {
    /// Of one question, which the panel holds until there is news.
    static let waitSeconds = 25
    /// Between two questions, and after the first failure; that doubles.
    static let pause = Duration.seconds(1)
    static let maximumPause = Duration.seconds(60)

    let world: NodeWorld
    let plan: BootPlan
    let panel: any PanelConnection
    /// Whether daemons are told: not while a boot is starting them.
    let tells: Bool

    /// Runs until it is cancelled; at once over where the role has no such list.
    func run() async {
        guard !plan.memberFiles.isEmpty else { return }
        var known: MemberRoll?
        var failures = 0
        do {
            let keeper = try MemberKeeper(world: world, plan: plan)
            while !Task.isCancelled {
                do {
                    known = try await turn(keeper, known)
                    failures = 0
                } catch {
                    guard !Task.isCancelled else { return }
                    if failures == 0 { world.log.line("members: \(error)") }
                    failures += 1
                }
                try await world.clock.sleep(for: Self.wait(afterFailures: failures))
            }
        } catch is CancellationError {
            return
        } catch {
            world.log.line("members: \(error)")
        }
    }

    static func wait(afterFailures failures: Int) -> Duration {
        min(pause * (1 << min(failures, 8)), maximumPause)
    }

    /// One question and what follows from its answer.
    func turn(_ keeper: MemberKeeper, _ known: MemberRoll?) async throws -> MemberRoll? {
        let roll =
            try await panel.roll(
                unlike: known?.revision, waitSeconds: known == nil ? 0 : Self.waitSeconds) ?? known
        guard let roll else { return nil }
        let expansion = try await plan.expansion(in: world, panel)
        let changes = try await keeper.write(
            roll.members, released: roll.released ?? [], expansion)
        if changes > 0 {
            world.log.line("members: \(changes) lists follow the \(roll.members.count) members")
        }
        guard tells else { return roll }
        let told = try await keeper.tell(expansion)
        if !told.isEmpty {
            world.log.line("members: told \(told.joined(separator: ", "))")
        }
        return roll
    }
}

extension BootPlan {
    /// Values of the stack's variables once the node has booted.
    func expansion(
        in world: NodeWorld, _ panel: any PanelConnection
    ) async throws -> Expansion {
        let hosts = try world.paths.files.textIfPresent(Neighbours.hostsPath) ?? ""
        return expansion(
            root: world.paths.root, address: facts.address,
            masterAddress: isMaster ? facts.address : Neighbours.master(in: hosts),
            hostname: try await panel.currentEnrolment().name)
    }
}

/// Keeps the lists up while a boot goes on: others enrol while a daemon starts.
actor BootMemberWatch {
    private let watch: MemberWatch
    private var task: Task<Void, Never>?

    init(_ watch: MemberWatch) {
        self.watch = watch
    }

    /// Begins once the lists are written.
    func note(_ name: String, _ report: StepReport?) {
        guard task == nil, name == "files", report?.outcome.isGood == true else { return }
        task = Task { [watch] in await watch.run() }
    }

    func end() {
        task?.cancel()
    }
}

extension StepReport.Outcome {
    fileprivate var isGood: Bool { self == .done || self == .unchanged }
}
