internal import AWS
internal import Digests
internal import Host
internal import PanelAPI
internal import PanelClient
internal import Transfer

extension LabUp {
    /// How often the panel is asked.
    static let poll = Duration.milliseconds(250)

    /// Runs the instances and waits until the panel shows them all as up.
    func nodes(_ lab: Lab, _ setup: CloudSetup.Result) async throws -> Result {
        let clock = ContinuousClock()
        let start = clock.now
        let clients = try LabClients(folder: plan.folder, transfer: transfer)
        let launch = NodeLaunch(
            lab: lab, subnet: setup.subnet, instanceType: plan.instanceType,
            userData: try plan.userData(lab.isolation))
        for (number, node) in plan.nodes.enumerated() {
            try await launch.run(
                node.name, role: node.role, host: Lab.firstHost + number,
                try clients.ec2(.owner))
        }
        say("nodes: \(plan.nodes.map(\.name).joined(separator: ", ")) are starting")
        let view =
            if let deadline = plan.deadline {
                try await allUp(clients, until: start + deadline, deadline)
            } else {
                ClusterView(cluster: lab.cluster, verdict: "", nodes: [])
            }
        return Result(
            state: plan.folder.path, endpoints: clients.endpoints,
            seconds: (clock.now - start) / .seconds(1),
            nodes: view.nodes.map { node in
                Result.Node(
                    name: node.name, instance: node.instanceID, address: node.address,
                    bootSeconds: node.lastBoot?.seconds, steps: node.lastBoot?.steps ?? [])
            })
    }

    private func allUp(
        _ clients: LabClients, until end: ContinuousClock.Instant, _ deadline: Duration
    ) async throws -> ClusterView {
        let clock = ContinuousClock()
        let panel = PanelClient(url: clients.endpoints.panel, transfer: transfer)
        var last: ClusterView?
        while clock.now < end {
            let view = try? await panel.clusterView(
                clients.lab.cluster, operatorToken: clients.secrets.panelToken)
            if let view {
                for line in Progress.changes(from: last, to: view) { say(line) }
                last = view
                let up = view.nodes.filter { $0.state == .up }
                if up.count == plan.nodes.count { return view }
            }
            if let failure = try failure(last) { throw failure }
            try await clock.sleep(for: Self.poll)
        }
        throw LabError(
            "waited \(deadline) for \(plan.nodes.count) nodes to be up; "
                + Progress.missing(last, wanted: plan.nodes.map(\.name), logs: logs))
    }

    private var logs: String { plan.folder.inside(StateFolder.logs) }

    /// A boot that failed does not become better by waiting.
    private func failure(_ view: ClusterView?) throws -> LabError? {
        if let failed = view?.nodes.first(where: { $0.state == .failed }) {
            let step = failed.lastBoot?.steps.first { $0.outcome == .failed }
            let what = step.map { "in step '\($0.name)': \($0.detail)" } ?? "without a step"
            return LabError(
                "the boot of '\(failed.name)' failed \(what); "
                    + "its log is '\(logs)/\(failed.name).log'")
        }
        let store = InstanceStore(folder: plan.folder)
        let operations = LabOperations(folder: plan.folder)
        for record in try store.all() {
            if let container = try operations.instance(record.id) as? ContainerInstance,
                let what = container.bootFailure
            {
                return LabError(
                    "the boot of '\(record.name)' failed \(what); "
                        + "'howdah local logs \(record.name)' shows its log")
            }
            guard let status = try store.status(record.id), status.phase == .bootFailed else {
                continue
            }
            return LabError(
                "the boot of '\(record.name)' failed (\(status.boot ?? "unknown")) and did not "
                    + "reach the panel; its log is '\(logs)/\(record.name).log'")
        }
        return nil
    }
}

/// Words for what the panel shows while nodes come up.
enum Progress {
    static func changes(from old: ClusterView?, to new: ClusterView) -> [String] {
        new.nodes.compactMap { node in
            let before = old?.nodes.first { $0.name == node.name }
            if before?.state == node.state { return nil }
            let seconds = node.lastBoot.map { " after \(rounded($0.seconds)) s" } ?? ""
            return "\(node.name): \(node.state.rawValue)\(node.state == .up ? seconds : "")"
        }
    }

    static func missing(_ view: ClusterView?, wanted: [String], logs: String) -> String {
        let states = wanted.map { name in
            let node = view?.nodes.first { $0.name == name }
            return "'\(name)' is \(node?.state.rawValue ?? "not enrolled")"
        }
        return states.joined(separator: ", ") + "; logs are in '\(logs)'"
    }

    static func rounded(_ seconds: Double) -> String {
        let tenths = Int((seconds * 10).rounded())
        return "\(tenths / 10).\(tenths % 10)"
    }
}
