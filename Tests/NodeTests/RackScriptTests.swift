import Cluster
import FoundationEssentials
import Support
import Testing

@testable import Node

/// The script of the stacks that Hadoop asks for racks, run by the shells that there are.
@Suite struct RackScriptTests {
    private static let shells = ["dash", "bash", "busybox"].filter { Command.exists($0) }

    private static func script(_ stack: String, root: String) throws -> String {
        let path = Checkout.root + "/images/stacks/\(stack).yaml"
        let bytes = Array(try Data(contentsOf: URL(filePath: path)))
        let role = try #require(try Stack.parse(bytes, file: path).roles["master"])
        let file = try #require(role.files.first { $0.path.hasSuffix("/rack-of") })
        guard case .text(let template) = file.content else { throw CancellationError() }
        #expect(file.mode == 0o755)
        return try Expansion([.root: root]).expand(template)
    }

    @Test(arguments: ["hdfs-3", "hadoop-3", "hadoop-1"], shells)
    func `a line for each address and name, in order`(stack: String, shell: String) async throws {
        try await withTemporaryDirectory { root in
            let folder = root + "/etc/hadoop"
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true)
            let script = root + "/rack-of"
            try Self.script(stack, root: root).write(
                toFile: script, atomically: true, encoding: .utf8)
            let words = shell == "busybox" ? ["sh", script] : [script]
            func racks(_ names: String...) async throws -> String {
                try await Command.run(shell, words + names, mayFail: true).output
            }
            #expect(try await racks("10.0.0.1") == "/default-rack\n")
            try "10.0.0.1 /use1-az4\nslave-1 /use1-az4\n10.0.0.11 /use1-az6\n".write(
                toFile: folder + "/racks", atomically: true, encoding: .utf8)
            let answer = try await racks("10.0.0.11", "slave-1", "0.0.0.1", "10.0.0.1", "slave")
            #expect(
                answer == "/use1-az6\n/use1-az4\n/default-rack\n/use1-az4\n/default-rack\n")
        }
    }
}
