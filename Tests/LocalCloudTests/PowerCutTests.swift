import Glibc
import Host
import Support
import Testing

@testable import LocalCloud

/// On real file systems. Skipped, with the reason printed, without root and loop devices.
@Suite(
    .serialized, .enabled(if: LabUnderTest.missing == nil, "\(LabUnderTest.missing ?? "")"))
struct PowerCutTests {
    /// Two file systems on loop devices, both seen by one process: its own, and somebody else's.
    struct Machine: Sendable {
        let folder: String
        let own: String
        let process: ProcessIdentity

        func write(_ name: String) throws {
            try Files(root: "/proc/\(process.pid)/root\(folder)").write("x", to: name)
        }
    }

    static func with(_ body: (Machine) async throws -> Void) async throws {
        try await withTemporaryDirectory { directory in
            let folder = AbsolutePath.of(directory)
            var loops: [String] = []
            for name in ["disk", "foreign"] {
                let image = "\(folder)/\(name).img"
                try Files(root: folder).makeDirectory("/" + name)
                try await Command.run("truncate", ["--size", "320M", image])
                try await Command.run("mkfs.xfs", ["-q", image])
                let loop = try await Command.run("losetup", ["--find", "--show", image]).output
                loops.append(String(loop.prefix { !$0.isWhitespace }))
            }
            do {
                try await mounted(loops, folder, body)
            } catch {
                try await release(loops)
                throw error
            }
            try await release(loops)
        }
    }

    static func release(_ loops: [String]) async throws {
        for loop in loops { try await Command.run("losetup", ["--detach", loop]) }
    }

    /// The mounts end with the process that is their namespace's last.
    static func mounted(
        _ loops: [String], _ folder: String, _ body: (Machine) async throws -> Void
    ) async throws {
        let script = """
            mount \(loops[0]) \(folder)/disk && mount \(loops[1]) \(folder)/foreign \
            && mkdir \(folder)/foreign/disk && echo ready && exec sleep 600
            """
        var pipe: [Int32] = [0, 0]
        try #require(Glibc.pipe(&pipe) == 0)
        let child = try ChildProcess.spawn(
            "/usr/bin/unshare", ["--mount", "--propagation", "private", "sh", "-c", script],
            environment: ProcessEnvironment.current, output: pipe[1])
        close(pipe[1])
        var byte: UInt8 = 0
        // Nothing comes where it ended before it was ready.
        let count = read(pipe[0], &byte, 1)
        close(pipe[0])
        let process = ProcessIdentity.of(pid: child)
        defer {
            kill(child, SIGKILL)
            waitpid(child, nil, 0)
        }
        try #require(count == 1)
        try await body(
            Machine(folder: folder, own: loops[0], process: try #require(process)))
    }

    @Test func `its own disk takes nothing more, a bound file system of another goes on`()
        async throws
    {
        try await Self.with { machine in
            let cut = PowerCut(
                first: machine.process, outer: nil, folder: "", loops: [machine.own])
            try machine.write("/disk/before")
            try cut.shutDisksDown()
            #expect(throws: FileError.self) { try machine.write("/disk/after") }
            try machine.write("/foreign/after")
            // One that is dead already is no error.
            try cut.shutDisksDown()
        }
    }

    @Test func `a root that is not mounted yet is a folder of somebody else's`() async throws {
        try await Self.with { machine in
            // No process of the mounts' namespace: only what the instance's starter has counts.
            let first = try #require(ProcessIdentity.of(pid: getpid()))
            try PowerCut(
                first: first, outer: machine.process, folder: machine.folder + "/foreign",
                loops: [machine.own]
            ).shutDisksDown()
            try machine.write("/foreign/after")
            try machine.write("/disk/after")
            try PowerCut(
                first: first, outer: machine.process, folder: machine.folder,
                loops: [machine.own]
            ).shutDisksDown()
            #expect(throws: FileError.self) { try machine.write("/disk/later") }
        }
    }
}
