internal import AWS
internal import Cluster
internal import Doctor
internal import Host

/// Whether the ports that the role's daemons have and wait for are as they should be: a daemon that
/// runs answers at its port, nobody else sits at the port of one that does not, and what it waits
/// for answers.
struct PortCheck: Sendable {
    static let check = "ports"

    let world: NodeWorld
    let plan: BootPlan

    func run() async -> [Finding] {
        guard let keeper = try? DaemonKeeper(world: world, plan: plan, written: WrittenFiles())
        else { return [] }
        let master = plan.isMaster ? plan.facts.address : knownMaster
        let expansion = plan.expansion(
            root: world.paths.root, address: plan.facts.address, masterAddress: master,
            hostname: plan.facts.hostname)
        var findings: [Finding] = []
        for daemon in plan.part.daemons {
            let isRunning: Bool
            do {
                isRunning = try await keeper.supervisor(of: daemon).running(daemon.name) != nil
            } catch {
                findings.append(
                    .wrong(Self.check, "\(error)", remedy: "see systemctl status"))
                continue
            }
            findings += await own(daemon, isRunning, expansion)
            findings += await waitedFor(daemon, expansion)
        }
        return findings
    }

    private var knownMaster: String? {
        let text = try? world.paths.files.textIfPresent(Neighbours.hostsPath)
        return (text ?? nil).flatMap { Neighbours.master(in: $0) }
    }

    private func own(
        _ daemon: DaemonSpec, _ isRunning: Bool, _ expansion: Expansion
    ) async -> [Finding] {
        var findings: [Finding] = []
        for (host, port) in Self.ports(daemon.readiness, expansion) {
            let place = "port \(port) of \(daemon.name)"
            switch (isRunning, await world.probes.accepts(host: host, port: port)) {
            case (true, true): findings.append(.fine(Self.check, "\(place) answers"))
            case (true, false):
                findings.append(
                    .wrong(
                        Self.check, "\(place) does not answer, and \(daemon.name) runs",
                        remedy: "see \(DaemonKeeper.logFolder)/\(daemon.name).log"))
            case (false, true):
                findings.append(
                    .wrong(
                        Self.check, "\(place) is taken by another program",
                        remedy: "ss -ltnp shows which: stop it, then howdah-node boot"))
            case (false, false):
                findings.append(
                    .wrong(
                        Self.check, "\(place) is free: \(daemon.name) does not run",
                        remedy: "see \(DaemonKeeper.logFolder)/\(daemon.name).log, "
                            + "then howdah-node boot"))
            }
        }
        return findings
    }

    private func waitedFor(_ daemon: DaemonSpec, _ expansion: Expansion) async -> [Finding] {
        var findings: [Finding] = []
        for (host, port) in Self.ports(daemon.waitsFor, expansion) {
            let place = "port \(port) of \(host), which \(daemon.name) waits for,"
            guard await world.probes.accepts(host: host, port: port) else {
                findings.append(
                    .wrong(
                        Self.check, "\(place) does not answer",
                        remedy: "see that the master is up, and the security group's rule"))
                continue
            }
            findings.append(.fine(Self.check, "\(place) answers"))
        }
        return findings
    }

    /// A probe whose host is not known yet is left out.
    static func ports(_ probes: [Probe], _ expansion: Expansion) -> [(String, UInt16)] {
        probes.compactMap { probe in
            guard case .port(let host, let port) = probe, let host = try? expansion.expand(host)
            else { return nil }
            return (host, port)
        }
    }
}
