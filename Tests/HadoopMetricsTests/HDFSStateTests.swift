import FoundationEssentials
import Support
import Testing

@testable import HadoopMetrics

/// What a NameNode of Hadoop 3.3.6 answered while a DataNode of three was drained, then killed.
@Suite struct HDFSStateTests {
    private func bytes(_ name: String) throws -> [UInt8] {
        let path = "\(Checkout.root)/Tests/Fixtures/hdfs/\(name)"
        return [UInt8](try Data(contentsOf: URL(filePath: path)))
    }

    private func state(_ name: String) throws -> HDFSState {
        try HDFSState(jmx: try bytes("jmx-\(name).json"))
    }

    @Test func `a DataNode is found by its address and its name, with what is on it`() throws {
        let state = try state("decommissioning")
        #expect(state.safeMode == nil && state.missingBlocks == 0 && state.corruptBlocks == 0)
        #expect(state.openFiles == 0)
        let own = try #require(state.dataNode(["10.0.0.3"]))
        #expect(own == state.dataNode(["slave-3"]))
        #expect(own.admin == .decommissioning && own.isLive)
        #expect(own.blocks == 4 && own.blocksLeft == 3 && own.openBlocks == 0)
        #expect(own.usedBytes == 2_581_577 && own.capacityBytes == 270_553_174_016)
        #expect(Set(state.serving.flatMap(\.names)).isSuperset(of: ["10.0.0.1", "10.0.0.2"]))
        #expect(state.serving.count == 2)
        #expect(state.dataNode(["10.0.0.33"]) == nil)
    }

    @Test func `one that is emptied is live and decommissioned, one that ended is dead`() throws {
        let emptied = try #require(try state("decommissioned").dataNode(["10.0.0.3"]))
        #expect(emptied.isLive && emptied.admin == .decommissioned && emptied.blocksLeft == nil)
        let dead = try #require(try state("dead").dataNode(["10.0.0.3"]))
        #expect(!dead.isLive && dead.admin == .decommissioned && dead.silentSeconds == 14)
    }

    @Test func `hosts are keys without a port in old versions, which say decommissioned alone`()
        throws
    {
        var text = String(decoding: try bytes("jmx-dead.json"), as: UTF8.self)
        text = text.replacing("slave-3:9866", with: "slave-3")
            .replacing(#"\"adminState\":\"Decommissioned\","#, with: "")
            .replacing(#"\"xferaddr\":\"10.0.0.3:9866\","#, with: "")
        let dead = try #require(try HDFSState(jmx: Array(text.utf8)).dataNode(["slave-3"]))
        #expect(!dead.isLive && dead.admin == .decommissioned)
    }

    @Test(arguments: ["MissingBlocks", "CorruptBlocks", "LiveNodes", "DeadNodes", "DecomNodes"])
    func `what the NameNode does not say is an error, never a zero`(_ key: String) throws {
        let text = String(decoding: try bytes("jmx-decommissioned.json"), as: UTF8.self)
            .replacing("\"\(key)\"", with: "\"Not\(key)\"")
        #expect(throws: HadoopFormatError.self) { try HDFSState(jmx: Array(text.utf8)) }
        #expect(throws: HadoopFormatError.self) { try HDFSState(jmx: Array(#"{"beans":[]}"#.utf8)) }
    }

    private func listing(_ addresses: Set<String>, _ text: String) -> FsckListing {
        var listing = FsckListing(addresses: addresses)
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            listing.read(String(line))
        }
        return listing
    }

    @Test func `fsck tells the file that wants most copies, and who writes where`() throws {
        let text = String(decoding: try bytes("fsck-open.txt"), as: UTF8.self)
        let here = listing(["10.0.0.3"], text)
        #expect(here.files == 4 && here.isWhole && here.failure == nil)
        #expect(here.highestReplication == 3 && here.highestPath == "/a dir/three")
        #expect(here.openCount == 1 && here.openPaths == ["/open._COPYING_"])
        // It has whole blocks of files, and none that is being written.
        let elsewhere = listing(["10.0.0.1"], text)
        #expect(elsewhere.openCount == 0 && elsewhere.isWhole)
        #expect(listing(["10.0.0"], text).openCount == 0)
    }

    @Test func `blocks on a node that is emptied count by their copies elsewhere`() throws {
        let text = String(decoding: try bytes("fsck-decommissioned.txt"), as: UTF8.self)
        let fine = listing(["10.0.0.3"], text)
        #expect(fine.isWhole && fine.thinCount == 0 && fine.openCount == 0)
        let block = "1002 len=1048576 Live_repl="
        let one = text.replacing(block + "2", with: block + "1")
        let thin = listing(["10.0.0.3"], one)
        #expect(thin.thinCount == 1 && thin.thinPath == "/closed")
        // A file that asks for one copy has enough with one, and none with none.
        let single = one.replacing("replication=2", with: "replication=1")
        #expect(listing(["10.0.0.3"], single).thinCount == 0)
        let none = single.replacing("Live_repl=1", with: "Live_repl=0")
        #expect(listing(["10.0.0.3"], none).thinCount == 1)
    }

    @Test func `a list that was cut short, or refused, is not a whole one`() throws {
        let text = String(decoding: try bytes("fsck-open.txt"), as: UTF8.self)
        #expect(!listing([], String(text.prefix(text.count / 2))).isWhole)
        let refused = listing(
            [], "FSCK started by x\nPermission denied: user=x\n\n\nFsck on path '/' FAILED")
        #expect(!refused.isWhole && refused.failure == "Fsck on path '/' FAILED")
        let corrupt = listing([], "The filesystem under path '/' is CORRUPT")
        #expect(corrupt.isWhole)
    }

    @Test func `Hadoop 2 tells copies by the block`() {
        let text = """
            /f 190 bytes, 1 block(s):  OK
            0. BP-1:blk_1_1 len=190 repl=10 [10.0.0.1:50010]
            """
        let listing = listing([], text)
        #expect(listing.highestReplication == 10 && listing.highestPath == "/f")
    }

    @Test func `who asks is a name of the system's, whatever the settings say`() {
        #expect(FsckListing.request(user: "a&path=/x").hasPrefix("/fsck?ugi=a_path__x&path=%2F&"))
    }
}
