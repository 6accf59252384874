import FoundationEssentials
import HummingbirdTesting
import NIOCore
import PanelAPI
import PanelClient
import Testing

@testable import Panel

/// Who the members are, as the master's lists are made of it.
@Suite struct RollTests {
    @Test func `a member's zone is EC2's word, by its name and its id`() async throws {
        try await Lab.with { lab in
            lab.launch(1, role: "slave")
            lab.cloud.edit { cloud in
                cloud.instances[Lab.node(1).instanceID]?.zone = "eu-central-1b"
                cloud.instances[Lab.node(1).instanceID]?.zoneID = "euc1-az3"
            }
            try await lab.withPanel { _, api in
                let member = try #require(try await lab.client(1, api).members().first)
                #expect(member.zone == "eu-central-1b" && member.zoneID == "euc1-az3")
                #expect(member.isExcluded == nil)
            }
        }
    }

    @Test func `a roll is told at once where it is news, and as soon as it is`() async throws {
        try await Lab.with { lab in
            lab.launch(1, role: "master")
            lab.launch(2, role: "slave")
            try await lab.withPanel { panel, api in
                let master = lab.client(1, api)
                let first = try #require(
                    try await master.roll(unlike: nil, waitSeconds: 0))
                #expect(first.members.map(\.name) == ["master"])
                let same = try await master.roll(unlike: first.revision, waitSeconds: 0)
                #expect(same == nil)
                async let next = master.roll(unlike: first.revision, waitSeconds: 25)
                try await lab.client(2, api).enrol()
                let second = try #require(try await next)
                #expect(second.members.map(\.name) == ["master", "slave-1"])
                async let last = master.roll(unlike: second.revision, waitSeconds: 25)
                lab.cloud.edit { $0.instances[Lab.node(2).instanceID]?.state = "terminated" }
                await panel.watcher.round()
                #expect(try await last == first)
            }
        }
    }

    @Test func `rolls that many ask for at once are made once, and hold what was written before`()
        async throws
    {
        try await Lab.with { lab in
            for number in 1...8 { lab.launch(number, role: "slave") }
            try await lab.withPanel { panel, api in
                for number in 1...8 {
                    try await lab.client(number, api).enrol()
                    let rolls = try await withThrowingTaskGroup(of: MemberRolls.Roll.self) {
                        for _ in 1...20 {
                            $0.addTask { try await panel.rolls.roll(of: "demo") }
                        }
                        return try await $0.reduce(into: []) { $0.append($1) }
                    }
                    #expect(rolls.allSatisfy { $0.count == number })
                    #expect(Set(rolls.map(\.revision)).count == 1)
                }
                let node = lab.client(3, api)
                try await node.enrol()
                let before = panel.rolls.changes.version
                _ = try await node.heartbeat(ViewTests.beat(1))
                await panel.lifeKeeper.round()
                #expect(panel.rolls.changes.version == before)
            }
        }
    }

    @Test func `a member from an older panel is read`() throws {
        let text = #"{"name":"a","role":"slave","address":"10.0.0.1","hostname":"h"}"#
        let member = try JSONDecoder().decode(Member.self, from: Data(text.utf8))
        #expect(member == Member(name: "a", role: "slave", address: "10.0.0.1", hostname: "h"))
    }

    private actor Zones {
        var asked = 0
        func ask(failures: Int) throws -> [String: String] {
            asked += 1
            if asked <= failures { throw CloudError(isTransient: false, "not authorized") }
            return ["a": "use1-az1"]
        }
    }

    @Test func `a cloud that does not tell its zones is asked now and then, one that does once`()
        async
    {
        let zones = Zones()
        let table = ZoneTable { try await zones.ask(failures: 1) }
        for _ in 0...ZoneTable.answersPerTry { #expect(await table.ids().isEmpty) }
        #expect(await zones.asked == 1)
        #expect(await table.ids() == ["a": "use1-az1"])
        #expect(await table.ids() == ["a": "use1-az1"])
        #expect(await zones.asked == 2)
    }
}

extension MemberRolls {
    /// As a node reads it.
    func told(of cluster: String) async throws -> MemberRoll {
        let whole = try await roll(of: cluster).whole
        return try JSONDecoder().decode(MemberRoll.self, from: Data(whole.readableBytesView))
    }
}
