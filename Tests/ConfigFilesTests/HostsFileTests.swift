import ConfigFiles
import Testing

@Suite struct HostsFileTests {
    private let master = HostsFile.Entry(address: "10.77.0.11", names: ["master"])

    @Test func `a block is appended to a file without one`() throws {
        let text = try HostsFile.replacingBlock(in: "127.0.0.1 localhost\n", with: [master])
        #expect(
            text == """
                127.0.0.1 localhost
                # BEGIN howdah
                10.77.0.11 master
                # END howdah

                """)
    }

    @Test func `only the block is replaced, and writing it twice changes nothing`() throws {
        let old = "# mine\n10.0.0.1 a b\n# BEGIN howdah\n1.2.3.4 old\n# END howdah\n::1 ip6\n"
        let new = try HostsFile.replacingBlock(in: old, with: [master])
        #expect(
            new == "# mine\n10.0.0.1 a b\n# BEGIN howdah\n10.77.0.11 master\n# END howdah\n"
                + "::1 ip6\n")
        #expect(try HostsFile.replacingBlock(in: new, with: [master]) == new)
    }

    @Test func `no entries remove the block`() throws {
        let text = "a\n# BEGIN howdah\n1.2.3.4 old\n# END howdah\n"
        #expect(try HostsFile.replacingBlock(in: text, with: []) == "a\n")
        #expect(try HostsFile.replacingBlock(in: "", with: []) == "")
    }

    @Test func `a line that maps the node's own name to loopback loses that name`() throws {
        let old = "127.0.0.1 localhost master\n127.0.1.1\tmaster # cloud-init\n::1 localhost\n"
        let new = try HostsFile.replacingBlock(in: old, with: [master])
        #expect(
            new == """
                127.0.0.1 localhost
                ::1 localhost
                # BEGIN howdah
                10.77.0.11 master
                # END howdah

                """)
    }

    @Test(arguments: ["127.0.0.1", "127.0.1.1", "::1"])
    func `a name is never mapped to loopback`(address: String) {
        let entry = HostsFile.Entry(address: address, names: ["master"])
        #expect(throws: HostsFile.Failure.loopback(name: "master", address: address)) {
            try HostsFile.replacingBlock(in: "", with: [entry])
        }
    }

    @Test func `a cluster on one machine's loopback has its names there`() throws {
        let entry = HostsFile.Entry(address: "127.0.7.11", names: ["master"])
        let new = try HostsFile.replacingBlock(
            in: "127.0.0.1 localhost master\n", with: [entry], allowsLoopback: true)
        #expect(new == "127.0.0.1 localhost\n# BEGIN howdah\n127.0.7.11 master\n# END howdah\n")
    }

    @Test func `blank lines around the block stay, run after run`() throws {
        let entry = HostsFile.Entry(address: "10.0.0.1", names: ["master"])
        let block = "# BEGIN howdah\n10.0.0.1 master\n# END howdah\n"
        let text = "127.0.0.1 localhost\n\n\n\(block)\n\n"
        #expect(try HostsFile.replacingBlock(in: text, with: [entry]) == text)
        #expect(try HostsFile.replacingBlock(in: "a\n\n", with: [entry]) == "a\n\n\(block)")
    }

    @Test(arguments: ["", "a b", "-a", "a\nb", "a..b", "a#", "a_b"])
    func `a name that is none is refused`(name: String) {
        let entry = HostsFile.Entry(address: "10.0.0.1", names: [name])
        #expect(throws: HostsFile.Failure.malformed(name)) {
            try HostsFile.replacingBlock(in: "", with: [entry])
        }
    }

    @Test(arguments: [
        "# BEGIN howdah\n", "# END howdah\n", "# END howdah\n# BEGIN howdah\n",
        "# BEGIN howdah\n# BEGIN howdah\n# END howdah\n",
    ])
    func `half a block is an error, not a guess`(text: String) {
        #expect(throws: HostsFile.Failure.brokenBlock(line: 1)) {
            try HostsFile.replacingBlock(in: text, with: [])
        }
    }
}
