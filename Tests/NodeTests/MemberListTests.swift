import AWS
import Cluster
import FoundationEssentials
import Host
import PanelAPI
import Support
import Testing

@testable import Node

/// What becomes of the lists of a cluster's members. Deciding only.
@Suite struct MemberListTests {
    static func member(
        _ number: Int, zone: String? = "use1-az4", isExcluded: Bool? = nil
    ) -> Member {
        Member(
            name: "slave-\(number)", role: "slave", address: "10.0.0.\(number)",
            hostname: "ip-10-0-0-\(number).ec2.internal", zone: "us-east-1a", zoneID: zone,
            isExcluded: isExcluded)
    }

    @Test func `a member is in its zone's rack by each of its names`() {
        let lists = MemberLists([Self.member(2, zone: "use1-az6"), Self.member(1)])
        #expect(
            lists.text(.racks, over: "10.9.9.9 /old\n") == """
                10.0.0.1 /use1-az4
                slave-1 /use1-az4
                ip-10-0-0-1.ec2.internal /use1-az4
                10.0.0.2 /use1-az6
                slave-2 /use1-az6
                ip-10-0-0-2.ec2.internal /use1-az6

                """)
    }

    @Test(arguments: [nil, "", "use1 az4", "use1/az4", "x\ny"])
    func `who is in no zone that is known, or in an odd one, is in Hadoop's default rack`(
        zone: String?
    ) {
        #expect(MemberLists.rack(of: Self.member(1, zone: zone)) == "/default-rack")
    }

    @Test func `a host name that is not the address in EC2's form stands in no list`() {
        var member = Self.member(1)
        member.hostname = "slave-2"
        #expect(MemberLists([member]).text(.include, over: nil) == "10.0.0.1\nslave-1\n")
    }

    @Test func `include has the members, and of others those that are spared`() {
        let lists = MemberLists([Self.member(1)])
        let old = "10.0.0.1\n10.0.0.8\n\n  10.0.0.9 \n"
        #expect(lists.foreign(in: old) == ["10.0.0.8", "10.0.0.9"])
        #expect(
            lists.text(.include, over: old, spared: ["10.0.0.9"]) == """
                10.0.0.1
                slave-1
                ip-10-0-0-1.ec2.internal
                10.0.0.9

                """)
    }

    @Test func `a drain that somebody began by hand stays as long as the panel says nothing`() {
        let lists = MemberLists([Self.member(1), Self.member(2)])
        #expect(lists.text(.exclude, over: nil).isEmpty)
        #expect(lists.text(.exclude, over: "slave-1\n10.0.0.77\n") == "slave-1\n10.0.0.77\n")
    }

    @Test func `where the panel speaks of a member, its word holds`() {
        let lists = MemberLists([
            Self.member(1, isExcluded: false), Self.member(2, isExcluded: true),
        ])
        #expect(
            lists.text(.exclude, over: "slave-1\n10.0.0.77\n")
                == "10.0.0.2\nslave-2\nip-10-0-0-2.ec2.internal\n10.0.0.77\n")
    }

    @Test func `a node that went stays excluded until the panel lets it go`() {
        let old = "10.0.0.2\nslave-2\nip-10-0-0-2.ec2.internal\n10.0.0.77\n"
        let gone = MemberLists([Self.member(1)])
        #expect(gone.text(.exclude, over: old) == old)
        let released = MemberLists([Self.member(1)], released: [Self.member(2)])
        #expect(released.text(.exclude, over: old) == "10.0.0.77\n")
        // Its name is another's by now, which is to be excluded itself.
        var heir = Self.member(2, isExcluded: true)
        heir.address = "10.0.0.3"
        heir.hostname = "ip-10-0-0-3.ec2.internal"
        let both = MemberLists([heir], released: [Self.member(2)])
        #expect(
            both.text(.exclude, over: old)
                == "10.0.0.3\nslave-2\nip-10-0-0-3.ec2.internal\n10.0.0.77\n")
    }
}
