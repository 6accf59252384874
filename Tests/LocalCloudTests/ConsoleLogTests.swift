import Host
import Support
import Testing

@testable import LocalCloud

@Suite struct ConsoleLogTests {
    static let piece = [UInt8](repeating: 0x78, count: ConsoleLog.pieceLimit + 1)

    @Test func `a full piece makes room for the next`() async throws {
        try await withTemporaryDirectory { directory in
            let path = directory + "/console.log"
            var log = try ConsoleLog.open(path)
            log.append(Self.piece[...])
            log.append(Array("second".utf8)[...])
            #expect(try Files().text(path) == "second")
            #expect(try Files().read(ConsoleLog.older(path)).count == Self.piece.count)
            #expect(try Files(root: directory).list("/").count == 2)
        }
    }

    @Test func `where no next piece can be made, the console goes on in this one`() async throws {
        try await withTemporaryDirectory { directory in
            let path = directory + "/console.log"
            try Files().makeDirectory(ConsoleLog.next(path))
            var log = try ConsoleLog.open(path)
            log.append(Self.piece[...])
            log.append(Array("second".utf8)[...])
            #expect(try Files().text(path).hasSuffix("xsecond"))
            #expect(!Files().exists(ConsoleLog.older(path)))
        }
    }
}
