import Glibc
import Support
import Testing

@testable import Host

@Suite struct JournalTests {
    @Test func `an entry is sent as the native protocol has it`() async throws {
        try await withTemporaryDirectory { folder in
            let socket = try NotifySocket(folder + "/journal")
            let journal = Journal(address: socket.address, identifier: "me")
            #expect(
                journal.send(
                    "volume: failed", priority: .error,
                    fields: ["HOWDAH_STEP": "volume", "_PID": "1", "lower": "x", "1A": "x"]))
            #expect(
                socket.messages() == [
                    "MESSAGE=volume: failed\nPRIORITY=3\nSYSLOG_IDENTIFIER=me\nHOWDAH_STEP=volume\n"
                ])
        }
    }

    /// The protocol's own page has such an example: name, line feed, length, value, line feed.
    @Test func `a value of several lines has its length before it`() {
        #expect(
            Journal.field("MESSAGE", "a\nbc")
                == Array("MESSAGE\n".utf8) + [4, 0, 0, 0, 0, 0, 0, 0] + Array("a\nbc\n".utf8))
    }

    @Test func `a field is no longer than the journal takes`() {
        let long = String(repeating: "x", count: Journal.maximumField + 1)
        #expect(Journal.field("A", long).count == Journal.maximumField + 3)
    }

    @Test func `the journal is spoken to only where standard error goes there`() throws {
        var status = stat()
        try #require(fstat(STDERR_FILENO, &status) == 0)
        func found(_ stream: String?) -> Journal? {
            let environment = stream.map { [Journal.streamVariable: $0] } ?? [:]
            return Journal.behindStandardError(environment: environment, identifier: "me")
        }
        #expect(found("\(status.st_dev):\(status.st_ino)") == Journal(identifier: "me"))
        #expect(found("\(status.st_dev):1") == nil)
        #expect(found(nil) == nil)
    }

    @Test func `nobody to tell is no error`() {
        #expect(!Journal(address: "/nowhere/socket", identifier: "me").send("x"))
    }

    @Test func `what is said is on the console, and where there is none nothing is lost`()
        async throws
    {
        try await withTemporaryDirectory { folder in
            let paths = HostPaths(root: folder)
            #expect(!Console.write("a line\n", paths: paths))
            try paths.files.makeDirectory("/dev")
            try paths.files.write("", to: "/dev/console")
            #expect(Console.write("a line\n", paths: paths))
            #expect(try paths.files.text("/dev/console") == "a line\n")
        }
    }
}
