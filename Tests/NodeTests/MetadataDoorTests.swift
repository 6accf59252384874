import Cluster
import Host
import PanelAPI
import Support
import Testing

@testable import Node

/// In a network namespace with listeners at metadata's addresses. Skipped without root, nftables
/// and iptables (scripts/setup): nobody else may have rules or be somebody else.
@Suite(
    .serialized, .enabled(if: MetadataNetwork.isPossible, "needs root, nftables and iptables"))
struct MetadataDoorTests {
    static let all = MetadataDoor.addresses

    @Test(arguments: OwnerFilter.Tool.allCases)
    func `root alone is answered, after the first boot and the next, until the file says otherwise`(
        tool: OwnerFilter.Tool
    ) async throws {
        try await MetadataNetwork.with { network in
            let door = MetadataDoor(tools: [tool], namespace: network.path)
            #expect(try network.reached(by: UserProbe.nobody) == Self.all)
            let first = try await door.bring(nil)
            #expect(
                first
                    == .done(
                        """
                        root alone reaches 169.254.169.254 and fd00:ec2::254, by \
                        \(tool.rawValue); a connection of user 'nobody' was refused
                        """))
            #expect(try network.reached(by: UserProbe.nobody) == [])
            #expect(try network.reached(by: 1) == [])
            #expect(try network.reached(by: 0) == Self.all)
            let again = try await door.bring(.root)
            #expect(again == .unchanged(first.detail))
            let opened = try await door.bring(.everyone)
            #expect(opened == .done("every user reaches metadata, as the cluster file says"))
            #expect(try network.reached(by: UserProbe.nobody) == Self.all)
            #expect(try await door.bring(.everyone) == .unchanged(opened.detail))
        }
    }

    @Test func `where nft cannot, iptables does it, above rules that let everything out`()
        async throws
    {
        try await MetadataNetwork.with { network in
            for program in ["iptables", "ip6tables"] {
                try await network.run(program, "-A", "OUTPUT", "-j", "ACCEPT")
            }
            let door = MetadataDoor(tools: [.iptables, .nft], namespace: network.path)
            #expect(try await door.bring(.root).detail.contains(", by iptables; "))
            #expect(try network.reached(by: UserProbe.nobody) == [])
        }
    }

    @Test func `a rule that stands and does not hold is seen`() async throws {
        try await MetadataNetwork.with { network in
            try await network.run("iptables", "-A", "OUTPUT", "-j", "ACCEPT")
            try await network.run(
                "iptables", "-A", "OUTPUT", "-d", Self.all[0], "-m", "owner", "!", "--uid-owner",
                "0", "-j", "REJECT")
            let door = MetadataDoor(tools: [.iptables], namespace: network.path)
            let error = await #expect(throws: OpenMetadata.self) { try await door.bring(nil) }
            #expect(
                error?.reason
                    == "user 'nobody' reaches 169.254.169.254 in spite of the rules of iptables")
        }
    }

    /// The kernel lets one packet through that begins a connection, and no second one in a day.
    @Test func `rules with which root is not answered any more are taken away`() async throws {
        try await MetadataNetwork.with { network in
            try await network.run("nft", "add", "table", "inet", "other")
            try await network.run(
                "nft", "add", "chain", "inet", "other", "out",
                "{ type filter hook output priority 0; }")
            try await network.run(
                "nft", "add", "rule", "inet", "other", "out", "ip", "daddr", Self.all[0], "tcp",
                "flags", "&", "(syn|ack)", "==", "syn", "limit", "rate", "over", "1/day", "burst",
                "1", "packets", "reject")
            let door = MetadataDoor(tools: [.nft], namespace: network.path)
            let error = await #expect(throws: OpenMetadata.self) { try await door.bring(nil) }
            #expect(error?.reason.contains("kept root from 169.254.169.254 too") == true)
            #expect(try network.reached(by: UserProbe.nobody) == [Self.all[1]])
        }
    }

    @Test func `where metadata is elsewhere nothing is to be closed, unless the file asks for it`()
        async throws
    {
        let missing = "/run/netns/howdah-metadata-none"
        let door = MetadataDoor(tools: [], namespace: missing)
        await #expect(throws: FileError.self) { try await door.bring(nil) }
        try await MetadataNetwork.with { network in
            let door = MetadataDoor(tools: [], namespace: network.path)
            try await network.run("ip", "link", "set", "lo", "down")
            #expect(
                try await door.bring(nil)
                    == .unchanged(
                        "nobody answers at 169.254.169.254 and fd00:ec2::254: nothing to close"))
            await #expect(throws: OpenMetadata.self) { try await door.bring(.root) }
        }
    }

    @Test func `a boot that cannot close it is degraded, and failed where the file asks for it`()
        async throws
    {
        try await MetadataNetwork.with { network in
            try await BootLab.with { lab in
                let door = MetadataDoor(tools: [], namespace: network.path)
                let open = lab.world { $0.metadataDoor = door }
                let state = try await Boot(world: open).run()
                #expect(state.stage == .degraded && state.exitCode == 2)
                #expect(state.failed.map(\.name) == ["metadata"])
                #expect(state.failed[0].detail.hasPrefix("metadata is open to every user"))
                #expect(state.steps.last?.name == "report")

                let path = BootConfiguration.clusterPath
                let text = try lab.paths.files.text(path)
                try lab.paths.files.write(
                    text + "cloud: { metadata: { access: root } }\n", to: path)
                let demanded = try await Boot(world: open).run()
                #expect(demanded.stage == .failed)
                let outcomes = Dictionary(
                    uniqueKeysWithValues: demanded.steps.map { ($0.name, $0.outcome) })
                #expect(outcomes["preparations"] == .skipped && outcomes["daemons"] == .skipped)

                let closed = lab.world { $0.metadataDoor = MetadataDoor(namespace: network.path) }
                #expect(try await Boot(world: closed).run().stage == .done)
                #expect(try network.reached(by: UserProbe.nobody) == [])
            }
        }
    }

    @Test func `plan says what becomes of it`() async throws {
        try await BootLab.with { lab in
            var world = PreviewTests.world(lab)
            world.metadataDoor = MetadataDoor(tools: [], namespace: "/none")
            let step = try await PreviewTests.step("metadata", world)
            #expect(step.outlook == .ask)
            #expect(step.actions.first?.hasPrefix("closes 169.254.169.254 and fd00:ec2") == true)
        }
    }
}
