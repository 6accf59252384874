import Support
import Testing

/// The machine of one case, through all its boots.
struct CaseMachine: Sendable {
    private static let unit = "howdah-boot.service"
    private static let status = "/usr/bin/howdah-node"

    let boots: BootCase
    let container: BootedContainer
    let disks: CaseDisks

    static func run(_ boots: BootCase) async throws {
        try await withTemporaryDirectory { folder in
            try await CaseDisks.with(boots.plan.disks, in: folder) { disks in
                let view = "\(folder)/blocks:/sys/block"
                try await NodeContainer.with(readOnly: [view]) { container in
                    let machine = CaseMachine(boots: boots, container: container, disks: disks)
                    try await machine.run()
                }
            }
        }
    }

    private func run() async throws {
        for (path, text) in try boots.files() { try container.put(text, at: path) }
        for (number, boot) in boots.plan.boots.enumerated() {
            try await power(number == 0 ? nil : boot.start)
            let servers = try await serve(boot: number)
            do {
                try await run(boot, "\(boots.name), boot \(number + 1)")
            } catch {
                for server in servers { server.stop() }
                throw error
            }
            for server in servers { server.stop() }
        }
    }

    /// `start` is nil for the first boot, which needs the power on.
    private func power(_ start: BootCase.Boot.Start?) async throws {
        switch start {
        case .again: return
        case .reboot: try await container.powerOff()
        case .cut: await container.cutPower()
        case nil: break
        }
        try await container.start()
        try await disks.attach(to: await container.firstProcess)
    }

    private func serve(boot number: Int) async throws -> [ServerProcess] {
        let words = [boots.folder, "\(number)", disks.folder + "/panel.json"]
        let metadata = try await NodeContainer.serve("metadata", words, in: container)
        do {
            return [metadata, try await NodeContainer.serve("panel", words, in: container)]
        } catch {
            metadata.stop()
            throw error
        }
    }

    private func run(_ boot: BootCase.Boot, _ what: String) async throws {
        for line in boot.before { try await container.run("sh", "-euc", line) }
        // The agent of the boot before would go on beside this one.
        try await container.systemctl(["stop", "howdah-agent.service"])
        try await container.systemctl(["restart", Self.unit], mayFail: true)
        let status = try await container.run(Self.status, "status", "--wait", mayFail: true)
        let said = status.output + status.errors
        let log = try await container.run("cat", "/var/log/howdah/boot.log", mayFail: true).output
        #expect(status.exitCode == boot.outcome.exitCode, "\(what): \(said)")
        for words in boot.says {
            #expect(said.contains(words), "\(what): \(said)")
        }
        for words in boot.silent {
            #expect(!said.contains(words) && !log.contains(words), "\(what): \(said)\(log)")
        }
        for line in boot.checks {
            let check = try await container.run("sh", "-euc", line, mayFail: true)
            #expect(
                check.exitCode == 0,
                "\(what): \(line): \(check.output)\(check.errors); \(said)")
        }
    }
}
