import AWS
import Glibc
import Host
import Support
import Testing

@testable import LocalCloud

/// A whole lab of booted containers, without howdah-node: what the lab itself does for them.
/// Skipped, with the reason printed, without root, the services' programs or a tree to boot; CI has
/// them all.
@Suite(
    .serialized,
    .enabled(if: LabUnderTest.noContainers == nil, "\(LabUnderTest.noContainers ?? "")"))
struct ContainerLabTests {
    /// Says whether a TCP connection to an address is taken.
    static func connects(_ address: String) -> [String] {
        ["bash", "-c", "exec 3<>/dev/tcp/\(address)/80 && echo taken || echo refused"]
    }

    @Test func `a container boots, loses its power, restarts itself and switches itself off`()
        async throws
    {
        try await LabUnderTest.with { lab in
            try await lab.bootContainers(["--slaves", "1"])
            let id = try lab.folder.readLab().id
            try await lab.running("master")
            try await lab.running("slave-1")
            try await isItsOwn(lab)
            try await neighbours(lab)
            try await disk(lab)
            try await cut(lab)
            try await fromInside(lab)
            try await verbs(lab)
            #expect(try await !lab.traces(id).isEmpty)
            try await lab.down()
            #expect(try await lab.traces(id) == [])
        }
    }

    private func isItsOwn(_ lab: LabUnderTest) async throws {
        let said = try await lab.exec([
            "sh", "-c", "hostname; cat /etc/hosts /etc/howdah/environment",
        ])
        #expect(
            said.hasPrefix(
                "ip-10-77-0-11\n127.0.0.1 localhost\n10.77.0.1 panel.howdah.internal\n"
                    + "AWS_ENDPOINT_URL_S3=http://10.77.0.1:8333\n"))
        let machine = try await lab.exec(["cat", "/etc/machine-id"])
        #expect(machine.hasPrefix("ec2") && machine.utf8.count == 33)
        // Nothing of the lab's, and nothing of this machine's, is in its environment.
        let first = try await lab.exec(["sh", "-c", "tr '\\0' '\\n' </proc/1/environ; env"])
        #expect(!first.contains("HOWDAH_LOCAL_MARK") && !first.contains("HOWDAH_VENV"))
        #expect(first.contains("AWS_REGION=us-east-1"))
        if try LabStatusLine.load(lab) {
            let type = try await lab.exec(["findmnt", "-no", "FSTYPE", "/proc/loadavg"])
            #expect(type == "fuse.lxcfs\n")
        }
        await #expect(throws: Command.Failure.self) { try await lab.exec(["false"]) }
    }

    private func neighbours(_ lab: LabUnderTest) async throws {
        #expect(try await lab.exec(Self.connects("169.254.169.254")) == "taken\n")
        let answer = try await lab.exec("slave-1", Self.connects("10.77.0.11"))
        #expect(answer == "refused\n")
    }

    private func disk(_ lab: LabUnderTest) async throws {
        let volume = try await lab.attach("master")
        try await lab.appears("/dev/nvme1n1")
        let serial = volume.split(separator: "-").joined()
        let link = "/dev/disk/by-id/nvme-Amazon_Elastic_Block_Store_\(serial)"
        let script = """
            cat /sys/block/nvme1n1/device/serial; readlink -f \(link); ls /sys/block
            mkfs.xfs -q /dev/nvme1n1 && mkdir /data && mount /dev/nvme1n1 /data
            """
        let said = try await lab.exec(["sh", "-c", script])
        #expect(said == "\(serial)\n/dev/nvme1n1\nnvme1n1\n")
        // The machine's own disks are not the instance's.
        let loop = try #require(try await lab.rootLoop("master"))
        let other = try await lab.exec([
            "sh", "-c",
            "mknod /dev/other b 7 \(loop) && head -c 1 /dev/other >/dev/null 2>&1 || echo kept out",
        ])
        #expect(other == "kept out\n")
    }

    private func cut(_ lab: LabUnderTest) async throws {
        let operations = LabOperations(folder: lab.folder)
        let script = """
            echo x >/root/synced; echo x >/data/synced; sync
            echo x >/root/lost; echo x >/data/lost
            """
        _ = try await lab.exec(["sh", "-c", script])
        try await operations.cutPower("master")
        await #expect(throws: LabError.self) { try await operations.cutPower("master") }
        // Two of the hypervisor's turns later it is as dead, and EC2 knows nothing of it.
        try await Task.sleep(for: .seconds(1.2))
        #expect(try lab.instance("master").firstProcess() == nil)
        #expect(try await lab.ec2State("master") == .running)
        try await operations.start("master")
        try await lab.running("master")
        let kept = try await lab.exec([
            "sh", "-c", "mount /dev/nvme1n1 /data && ls /root /data",
        ])
        #expect(kept == "/data:\nsynced\n\n/root:\nsynced\n")
    }

    private func fromInside(_ lab: LabUnderTest) async throws {
        let first = try lab.instance("master").firstProcess()
        // The answer may be cut off by what it asked for.
        _ = try? await lab.exec(["systemctl", "--no-block", "reboot"])
        try await lab.wait("the reboot from inside") {
            let now = try lab.instance("master").firstProcess()
            return now != nil && now != first
        }
        try await lab.running("master")
        try await lab.appears("/dev/nvme1n1")
        _ = try? await lab.exec(["systemctl", "--no-block", "poweroff"])
        try await lab.wait("the power to be off") {
            try InstanceStore(folder: lab.folder).find("master").power == .off
        }
        #expect(try await lab.ec2State("master") == .stopped)
    }

    private func verbs(_ lab: LabUnderTest) async throws {
        let operations = LabOperations(folder: lab.folder)
        try await operations.start("master")
        try await lab.running("master")
        // A clean restart writes everything back.
        _ = try await lab.exec(["sh", "-c", "echo x >/root/written"])
        try await operations.reboot("master")
        try await lab.running("master")
        #expect(try await lab.exec(["ls", "/root"]) == "synced\nwritten\n")
        try await operations.stop("slave-1")
        #expect(try lab.instance("slave-1").firstProcess() == nil)
        try await operations.terminate("slave-1")
        #expect(try InstanceStore(folder: lab.folder).all().map(\.name) == ["master"])
    }

    @Test func `a xen instance names its volume, and a lab that was killed is cleared`()
        async throws
    {
        try await LabUnderTest.with { lab in
            try await lab.bootContainers(["--slaves", "0", "--instance-type", "t2.medium"])
            let id = try lab.folder.readLab().id
            try await lab.running("master")
            let volume = try await lab.attach("master")
            try await lab.appears("/dev/xvdf")
            let said = try await lab.exec([
                "sh", "-c", "ls /sys/block /sys/block/xvdf; ls /dev/disk/by-id 2>/dev/null | wc -l",
            ])
            #expect(said == "/sys/block:\nxvdf\n\n/sys/block/xvdf:\nsize\n0\n")
            try await detach(volume, lab)
            let first = try #require(try lab.instance("master").firstProcess())
            for name in ["hypervisor", try "init/" + lab.instance("master").site.id] {
                try lab.process(name)?.signal(SIGKILL)
            }
            #expect(first.isAlive())
            try await lab.down()
            #expect(!first.isAlive())
            #expect(try await lab.traces(id) == [])
        }
    }

    /// Its loop device is anybody's then: EPERM is the control group's answer alone.
    private func detach(_ volume: String, _ lab: LabUnderTest) async throws {
        let number = try await lab.exec(["stat", "--format", "%Hr %Lr", "/dev/xvdf"])
        let words = number.split(whereSeparator: \.isWhitespace)
        try #require(words.count == 2)
        let open = "LC_ALL=C head -c 1 /root/kept 2>&1 >/dev/null | grep -o 'not permitted'; :"
        let make = "mknod /root/kept b \(words[0]) \(words[1]); "
        #expect(try await lab.exec(["sh", "-c", make + open]) == "")
        let id = try InstanceStore(folder: lab.folder).find("master").id
        try await LabClients(folder: lab.folder).ec2(.owner).detachVolume(volume, from: id)
        try await lab.wait("the volume to be gone") {
            try InstanceStore(folder: lab.folder).find("master").disks.isEmpty
        }
        #expect(try await lab.exec(["sh", "-c", open]) == "not permitted\n")
    }
}

enum LabStatusLine {
    /// Whether the lab's instances have a load of their own.
    static func load(_ lab: LabUnderTest) throws -> Bool { try lab.process("lxcfs") != nil }
}

extension LabUnderTest {
    /// Why no lab of containers can run here; nil if one can.
    static let noContainers: String? = missing ?? ContainerTree.whyNot

    func instance(_ node: String) throws -> any Instance {
        try LabOperations(folder: folder).instance(InstanceStore(folder: folder).find(node).id)
    }

    func process(_ name: String) throws -> ProcessIdentity? {
        for entry in try Ledger(folder).entries() where entry.id == "process/" + name {
            if case .process(_, let identity) = entry.thing { return identity }
        }
        return nil
    }

    /// Waits until the node's systemd has started all that it starts.
    func running(_ node: String) async throws {
        let end = ContinuousClock.now + .seconds(60)
        var said = ""
        while ContinuousClock.now < end {
            let words = ["systemctl", "is-system-running"]
            said =
                (try? await Command.run(
                    howdah, ["local", "exec", "--state", folder.path, node, "--"] + words,
                    mayFail: true
                ).output) ?? ""
            if ["running\n", "degraded\n"].contains(said) { return }
            try await Task.sleep(for: .milliseconds(100))
        }
        throw LabError("waited 60 s for '\(node)' to boot; it says '\(said)'")
    }

    /// A new volume of 1 GiB.
    func attach(_ node: String) async throws -> String {
        let ec2 = try LabClients(folder: folder).ec2(.owner)
        let volume = try await ec2.createVolume(
            sizeGiB: 1, type: "gp3", availabilityZone: "us-east-1a", tags: ["Name": "data"])
        let instance = try InstanceStore(folder: folder).find(node).id
        try await ec2.attachVolume(volume.id, to: instance, device: "/dev/sdf")
        return volume.id
    }

    func appears(_ device: String) async throws {
        let script = "for n in $(seq 100); do [ -b \(device) ] && exit; sleep 0.1; done; exit 1"
        _ = try await exec(["sh", "-c", script])
    }

    /// The number of the loop device that a node's own disk is on.
    func rootLoop(_ node: String) async throws -> Int? {
        let id = try InstanceStore(folder: folder).find(node).id
        let image = folder.inside(StateFolder.instance(id)) + "/root.img"
        let said = try await Command.run(
            "losetup", ["--associated", image, "--output", "NAME", "--noheadings"]
        ).output
        return Int(said.filter(\.isNumber))
    }

    func ec2State(_ node: String) async throws -> EC2Instance.State? {
        let id = try InstanceStore(folder: folder).find(node).id
        return try await LabClients(folder: folder).ec2(.owner).describeInstances(ids: [id])
            .first?.state
    }
}
