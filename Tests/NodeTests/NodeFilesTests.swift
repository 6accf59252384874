import Cluster
import ConfigFiles
import Glibc
import Host
import PanelAPI
import Support
import Testing

@testable import Node

@Suite struct NodeFilesTests {
    static func member(_ name: String, _ address: String, _ hostname: String) -> Member {
        Member(name: name, role: "slave", address: address, hostname: hostname)
    }

    static func master(_ hostname: String = "ip-10-0-0-2") -> MasterRecord {
        MasterRecord(
            instanceID: "i-1", address: "10.0.0.2", hostname: hostname, generation: 1)
    }

    @Test(arguments: [
        // The master alone, not among the members yet.
        ([], master(), ["10.0.0.2 master ip-10-0-0-2"]),
        // Members by name, whatever their order; the master's line first.
        (
            [
                member("slave-2", "10.0.0.4", "ip-10-0-0-4"),
                member("master", "10.0.0.2", "ip-10-0-0-2"),
                member("slave-1", "10.0.0.3", "ip-10-0-0-3"),
            ], master(),
            [
                "10.0.0.2 master ip-10-0-0-2", "10.0.0.3 slave-1 ip-10-0-0-3",
                "10.0.0.4 slave-2 ip-10-0-0-4",
            ]
        ),
        // A master under another name has both.
        (
            [member("head-1", "10.0.0.2", "ip-10-0-0-2")], master(),
            ["10.0.0.2 master head-1 ip-10-0-0-2"]
        ),
        // A master that was replaced keeps no claim to the name.
        (
            [member("master", "10.0.0.9", "ip-10-0-0-9")], master(),
            ["10.0.0.2 master ip-10-0-0-2", "10.0.0.9 ip-10-0-0-9"]
        ),
        // A name stands once; the host name may be the name.
        (
            [
                member("slave-1", "10.0.0.3", "slave-1"), member("slave-2", "10.0.0.4", "slave-1"),
                member("slave-1", "10.0.0.5", "slave-2"),
            ], master("master"),
            ["10.0.0.2 master", "10.0.0.3 slave-1", "10.0.0.4 slave-2"]
        ),
        // No host name redirects another's name: only the address's own, as EC2 forms it.
        (
            [
                member("slave-1", "10.0.0.3", "localhost"),
                member("slave-2", "10.0.0.4", "s3.amazonaws.com"),
                member("slave-3", "10.0.0.5", "ip-10-0-0-3.ec2.internal"),
                member("slave-4", "10.0.0.6", "ip-10-0-0-6.example.com"),
                member("slave-5", "10.0.0.7", "ip-10-0-0-7.eu-west-1.compute.internal"),
            ], master("github.com"),
            [
                "10.0.0.2 master", "10.0.0.3 slave-1", "10.0.0.4 slave-2", "10.0.0.5 slave-3",
                "10.0.0.6 slave-4", "10.0.0.7 slave-5 ip-10-0-0-7.eu-west-1.compute.internal",
            ]
        ),
    ])
    func `neighbours are one line an address, the master first`(
        members: [Member], master: MasterRecord, lines: [String]
    ) {
        let entries = Neighbours.entries(members: members, master: master)
        #expect(
            entries.map { "\($0.address) \($0.names.joined(separator: " "))" } == lines)
    }

    /// Only root may give a folder away.
    @Test(.enabled(if: geteuid() == 0, "needs root"))
    func `a folder belongs to the accounts that the stack names`() async throws {
        try await withTemporaryDirectory { folder in
            let ownership = try Ownership(owner: "daemon", group: "mail", of: folder)
            #expect(try ownership.apply(to: folder))
            #expect(try ownership.apply(to: folder) == false)
            let found = try await Command.run("stat", ["-c", "%U %G", folder]).output
            #expect(found == "daemon mail\n")
        }
    }

    @Test func `an account that is not there is named with the folder and the remedy`() {
        let error = #expect(throws: AccountError.self) {
            try Ownership(owner: "nobody-here", group: nil, of: "/srv/x")
        }
        #expect(
            error?.description == """
                '/srv/x' is to belong to the user 'nobody-here', who is not on this machine; \
                have a package of the role make the account, or change the stack
                """)
        #expect(throws: AccountError.self) {
            try Ownership(owner: nil, group: "no-such-group", of: "/srv/x")
        }
    }
}
