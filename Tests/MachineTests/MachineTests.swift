import FoundationEssentials
import Glibc
import PanelAPI
import Support
import Testing

/// `scripts/check --qemu`: the disk of an image boots by itself, under qemu without any help of a
/// hypervisor's kernel, and becomes a node of a cluster; then it boots again.
@Suite(.serialized) struct MachineTests {
    /// An emulated machine takes a minute to boot, several where other work goes on beside it.
    private static let bootLimit = Duration.seconds(300)
    private static let offLimit = Duration.seconds(60)

    static var isAsked: Bool { getenv("HOWDAH_CHECK").map { String(cString: $0) } == "qemu" }

    @Test(
        .enabled(if: isAsked, "long: scripts/check --qemu runs it"), .timeLimit(.minutes(15)))
    func `a disk boots to a node with a volume, and a second boot finds it mounted by fstab`()
        async throws
    {
        // Kept, as the layers are that hold it: the next check takes those from the cache.
        let key = try await TestKey.kept(in: Checkout.cache + "/check-key")
        try await withTemporaryDirectory { folder in
            do {
                try await check(key, folder)
            } catch {
                await key.stopAgent()
                throw error
            }
            await key.stopAgent()
        }
    }

    private func check(_ key: TestKey, _ folder: String) async throws {
        let sample = try await SampleCluster.make(
            in: folder, key: key, howdah: MachineLab.programs + "/howdah")
        let lab = MachineLab(state: folder + "/lab")
        do {
            try await boots(lab, sample, folder)
        } catch {
            _ = try? await lab.howdah("local", "down")
            throw error
        }
        try await lab.howdah("local", "down")
    }

    private func boots(_ lab: MachineLab, _ sample: SampleCluster, _ folder: String) async throws {
        let disk = try await makeDisk(sample, folder)
        try await lab.howdah(
            "local", "up", "--light", "--slaves", "0", "--repository", sample.packages,
            "--key", sample.publicKey, "--cluster-file", sample.clusterFile,
            "--stacks", sample.stacks)
        try await tell(disk, lab, folder)
        let instance = try await lab.runInstance()
        let network = MachineNetwork(
            namespace: try lab.namespace(of: instance), address: try lab.address())
        try await until("the instance has a network", within: .seconds(20)) {
            FileManager.default.fileExists(
                atPath: "\(lab.state)/instances/\(instance)/instance.json")
        }
        try await network.make()
        let addresses = try network.serveAddresses(logPath: folder + "/dnsmasq.log")
        defer { addresses.stop() }

        let first = try await Machine.with(
            disk: disk, volume: nil, network: network, folder: folder, name: "first"
        ) { machine in
            try await until("a volume is attached", within: Self.bootLimit, machine) {
                lab.volume(of: instance) != nil
            }
            try machine.plugIn(try #require(lab.volume(of: instance)))
            let node = try await node(lab, after: nil, machine)
            try await machine.powerOff(within: Self.offLimit)
            return node
        }
        try firstBootMadeTheVolume(first)

        let volume = try #require(lab.volume(of: instance))
        let second = try await Machine.with(
            disk: disk, volume: volume, network: network, folder: folder, name: "second"
        ) { machine in
            let node = try await node(lab, after: first, machine)
            try await machine.powerOff(within: Self.offLimit)
            return node
        }
        try await secondBootFoundIt(second, first, volume, folder)
    }

    private func makeDisk(_ sample: SampleCluster, _ folder: String) async throws -> String {
        let howdah = MachineLab.programs + "/howdah"
        let disk = folder + "/disk.raw"
        try await Command.run(
            howdah,
            [
                "image", "build", Checkout.root + "/images/machine/slave",
                "--output", folder + "/image", "--cache", Checkout.cache + "/images",
                "--set", "cluster-file=\(sample.clusterFile)", "--set", "stacks=\(sample.stacks)",
                "--set", "key=\(sample.publicKey)",
            ])
        try await Command.run(
            howdah, ["image", "disk", folder + "/image", "--output", disk, "--free", "1 GiB"])
        return disk
    }

    /// Puts the lab's settings on the disk, as a cloud does that is not AWS.
    private func tell(_ disk: String, _ lab: MachineLab, _ folder: String) async throws {
        let settings = try lab.settings()
        let environment = try writeFile(folder + "/environment", Array(settings.environment.utf8))
        let hosts = try writeFile(folder + "/hosts", Array(settings.hosts.utf8))
        let commands = """
            write \(environment) /etc/howdah/environment
            rm /etc/hosts
            write \(hosts) /etc/hosts
            sif /etc/hosts mode 0100644

            """
        let script = try writeFile(folder + "/debugfs", Array(commands.utf8))
        try await Command.run("debugfs", ["-w", "-f", script, disk + "?offset=1048576"])
    }

    /// The node as the panel shows it once a boot later than `earlier`'s has been reported.
    private func node(
        _ lab: MachineLab, after earlier: NodeView?, _ machine: Machine
    ) async throws -> NodeView {
        var last: NodeView?
        try await until("the boot is reported", within: Self.bootLimit, machine) {
            last = try? await lab.node()
            guard let boot = last?.lastBoot else { return false }
            return boot.bootID != earlier?.lastBoot?.bootID && last?.state != .booting
        }
        return try #require(last)
    }

    private func firstBootMadeTheVolume(_ node: NodeView) throws {
        let boot = try #require(node.lastBoot)
        #expect(boot.outcome == .done, "\(boot.steps)")
        #expect(node.volumes.count == 1 && node.volumes.allSatisfy { $0.state == .attached })
        for name in ["hosts", "volume /data", "packages", "files", "daemons"] {
            #expect(boot.steps.first { $0.name == name }?.outcome == .done, "\(name)")
        }
    }

    private func secondBootFoundIt(
        _ node: NodeView, _ first: NodeView, _ volume: Machine.Volume, _ folder: String
    ) async throws {
        let boot = try #require(node.lastBoot)
        #expect(boot.outcome == .done, "\(boot.steps)")
        #expect(node.volumes.map(\.volumeID) == first.volumes.map(\.volumeID))
        let uuid = try #require(node.volumes.first?.filesystemUUID)
        #expect(first.volumes.first?.filesystemUUID == uuid)
        for name in ["volume /data", "packages", "files"] {
            #expect(boot.steps.first { $0.name == name }?.outcome == .unchanged, "\(name)")
        }
        let notes = try await notes(of: volume, folder)
        #expect(notes.count == 2)
        let note = try #require(notes.last)
        #expect(note["SourcePath"] == "/etc/fstab")
        #expect(note["ActiveState"] == "active active")
        // systemd.unit(5), "String escaping for inclusion in unit names".
        let device = try #require(note["Id"])
        let escaped = uuid.split(separator: "-").joined(separator: "\\x2d")
        #expect(device == "dev-disk-by\\x2duuid-\(escaped).device")
        #expect(note["What"] == "/dev/disk/by-uuid/\(uuid)")
        // Of the mount and of the device.
        let times = (note["ActiveEnterTimestampMonotonic"] ?? "").split(separator: " ")
            .compactMap { Int($0) }
        let started = try #require(note["ExecMainStartTimestampMonotonic"].flatMap { Int($0) })
        try #require(times.count == 2)
        #expect(0 < times[1] && times[1] <= times[0] && times[0] < started)
    }

    /// What the daemon wrote at each of its starts, in order; a property that was asked for twice
    /// has both values. Mounted in a namespace that ends with the command.
    private func notes(
        of volume: Machine.Volume, _ folder: String
    ) async throws -> [[String: String]] {
        let place = folder + "/mnt"
        try FileManager.default.createDirectory(
            atPath: place, withIntermediateDirectories: false)
        let script = """
            mount -o ro "$1" "$2" && for f in "$2"/beacon/start-?; do cat $f; echo ==; done
            """
        let text = try await Command.run(
            "unshare",
            ["--mount", "--propagation", "private", "sh", "-c", script, "sh", volume.image, place]
        ).output
        return text.split(separator: "==\n").map { part in
            var note: [String: String] = [:]
            for line in part.split(separator: "\n") {
                let pair = line.split(separator: "=", maxSplits: 1).map { String($0) }
                guard pair.count == 2 else { continue }
                note[pair[0]] = note[pair[0]].map { $0 + " " + pair[1] } ?? pair[1]
            }
            return note
        }
    }

    private func until(
        _ what: String, within limit: Duration, _ machine: Machine? = nil,
        _ isSo: () async throws -> Bool
    ) async throws {
        let end = ContinuousClock.now + limit
        while try await !isSo() {
            guard ContinuousClock.now < end, machine?.isOn != false else {
                throw MachineFailure(
                    "waited \(limit) until \(what); \(machine?.lastLines ?? "")")
            }
            try await Task.sleep(for: .seconds(1))
        }
    }
}
