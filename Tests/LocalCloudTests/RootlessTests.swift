import FoundationEssentials
import Glibc
import Host
import PanelAPI
import Support
import Testing

@testable import LocalCloud

/// The whole walk without root: instances on 127.0.0.0/8, plain folders for mounts.
@Suite(.serialized, .enabled(if: Rootless.missing == nil, "\(Rootless.missing ?? "")"))
struct RootlessTests {
    @Test(.timeLimit(.minutes(10)))
    func `who is not root has a cluster, and it touches nothing else of that user`() async throws {
        try await Rootless.with { lab in
            try await lab.howdah(
                "up", "--slaves", "2", "--repository", "rpms", "--key", "public.asc")
            let id = try lab.folder.readLab().id
            try await everyNodeIsUp(lab)
            let file = try await fileIsReadElsewhere(lab)
            try await bootAgainChangesNothing(lab)
            try await killedAndStopped(lab, id, file)
            try await lab.howdah("down")
            #expect(Mark.find(lab: id).isEmpty)
            #expect(try !lab.folder.files.list("/").contains("instances"))
            #expect(lab.bystander.isAlive())
        }
    }

    private func everyNodeIsUp(_ lab: Rootless) async throws {
        let view = try await lab.view()
        #expect(view.nodes.map(\.name).sorted() == ["master", "slave-1", "slave-2"])
        #expect(view.nodes.allSatisfy { $0.state == .up && $0.address.hasPrefix("127.0.") })
        for node in view.nodes {
            let step = node.lastBoot?.steps.first { $0.name == "volume /data" }
            #expect(step?.detail.contains("a plain folder stands for the mount") == true)
        }
        let status = try await lab.howdah("status")
        #expect(status.contains("apart by: loopback"))
        let id = try InstanceStore(folder: lab.folder).find("slave-1").id
        let owner = try #require(try InstanceSite.owner(id, lab.folder))
        #expect(owner == Rootless.user)
    }

    /// Both DataNodes are live beside each other, with one port on one machine.
    private func fileIsReadElsewhere(_ lab: Rootless) async throws -> String {
        let report = try await lab.exec("master", "hdfs dfsadmin -report")
        #expect(report.contains("Live datanodes (2):"))
        let sum = try await lab.exec(
            "slave-1",
            "head -c 3000000 /dev/urandom >tmp/f && hdfs dfs -put tmp/f /f"
                + " && sha256sum <tmp/f")
        #expect(try await lab.exec("slave-2", "hdfs dfs -cat /f | sha256sum") == sum)
        return sum
    }

    private func bootAgainChangesNothing(_ lab: Rootless) async throws {
        let text = try await lab.exec("slave-2", "howdah-node boot 2>&1")
        #expect(text.contains("packages: unchanged"))
        #expect(text.contains("volume /data: unchanged"))
        #expect(text.contains("daemons: unchanged"))
    }

    private func killedAndStopped(
        _ lab: Rootless, _ id: String, _ file: String
    ) async throws {
        let store = InstanceStore(folder: lab.folder)
        func processes(_ node: String) throws -> [ProcessIdentity] {
            let marks = MarkedProcesses.marks(lab: id, instance: try store.find(node).id)
            return MarkedProcesses(marks: marks).alive()
        }
        let before = try await lab.view().nodes.first { $0.name == "slave-1" }
        #expect(try processes("slave-1").count >= 3, "init, agent and DataNode")
        try await lab.howdah("kill", "slave-1")
        #expect(try processes("slave-1").isEmpty)
        try await lab.howdah("stop", "slave-2")
        #expect(try processes("slave-2").isEmpty)
        #expect(lab.bystander.isAlive())
        try await lab.howdah("reboot", "slave-1")
        try await lab.wait("slave-1 to be up again") {
            let now = try await lab.view().nodes.first { $0.name == "slave-1" }
            return now?.state == .up && now?.lastBoot?.bootID != before?.lastBoot?.bootID
        }
        #expect(try await lab.exec("slave-1", "hdfs dfs -cat /f | sha256sum") == file)
    }
}

extension InstanceSite {
    /// The user whose process an instance's init is.
    fileprivate static func owner(_ id: String, _ folder: StateFolder) throws -> UInt32? {
        for entry in try Ledger(folder).entries()
        where entry.id == OwnedProcesses.entryID(initName(id)) {
            guard case .process(_, let identity?) = entry.thing else { return nil }
            var status = stat()
            return stat("/proc/\(identity.pid)", &status) == 0 ? status.st_uid : nil
        }
        return nil
    }
}
