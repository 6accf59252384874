import Testing

@testable import Host

@Suite struct ProcessTests {
    @Test func `output, errors and exit code come back apart`() async throws {
        let result = try await ProcessRunner().run(
            "/bin/sh", ["-c", "echo $A; cat; echo bad >&2; exit 3"], environment: ["A": "one"],
            input: Array("two".utf8))
        #expect(result.end == .exited(3))
        #expect(result.outputText == "one\ntwo")
        #expect(result.errorText == "bad\n")
        #expect(result.lastWords() == "bad")
    }

    @Test func `a program that goes on is stopped at its deadline, with its children`() async throws
    {
        let folder = try Folder()
        let error = await #expect(throws: ProcessError.self) {
            try await ProcessRunner().run(
                "/bin/sh", ["-c", "sleep 600 & echo $! >\(folder.path)/child; wait"],
                deadline: .seconds(20))
        }
        #expect(error?.description.contains("did not end within") == true)
        let child = try #require(Int32(folder.files.text("/child").dropLast()))
        // The group got SIGTERM before the runner returned; the kernel may take a moment.
        for _ in 0..<12_000 where ProcessIdentity.of(pid: child) != nil {
            try await Task.sleep(for: .milliseconds(10))
        }
        #expect(ProcessIdentity.of(pid: child) == nil)
    }

    @Test func `a program that does not read its input ends nothing but itself`() async throws {
        // More than a pipe holds.
        let input = [UInt8](repeating: 1, count: 1 << 20)
        for script in ["exit 3", "exec <&-; sleep 0.2; exit 3", "head -c 1 >/dev/null; exit 3"] {
            let result = try await ProcessRunner().run(
                "/bin/sh", ["-c", script], input: input)
            #expect(result.end == .exited(3))
        }
        let all = try await ProcessRunner().run("wc", ["-c"], input: input)
        #expect(all.outputText == "\(input.count)\n")
    }

    @Test func `more output than the limit is an error`() async {
        await #expect(throws: ProcessError.self) {
            try await ProcessRunner().run(
                "/bin/sh", ["-c", "head -c 5000 /dev/zero"], outputLimit: 4999)
        }
    }

    @Test func `a missing program is an error that names it`() async {
        let error = await #expect(throws: ProcessError.self) {
            try await ProcessRunner().run("/nowhere/program")
        }
        #expect(error?.description.contains("/nowhere/program") == true)
    }

    @Test
    func `a daemon has a session of its own, appends to its log and is ended by its identity`()
        async throws
    {
        let folder = try Folder()
        try folder.files.write("before\n", to: "/log")
        let daemon = DetachedProcess(
            executable: "/bin/sh", arguments: ["-c", "echo $B; pwd; exec sleep 600"],
            environment: ["B": "set", "PATH": "/usr/bin:/bin"], workingDirectory: folder.path,
            log: folder.path + "/log")
        let identity = try daemon.spawn()
        #expect(identity.isAlive())
        for _ in 0..<12_000 where try folder.files.text("/log").count < 10 + folder.path.count {
            try await Task.sleep(for: .milliseconds(10))
        }
        #expect(try folder.files.text("/log") == "before\nset\n\(folder.path)\n")
        let session = try await ProcessRunner().require(
            "ps", ["-o", "sid=", "-p", "\(identity.pid)"])
        #expect(session.outputText.contains("\(identity.pid)"))
        #expect(await identity.terminate())
        #expect(!identity.isAlive())
    }

    @Test func `another process with the same id is left alone`() async throws {
        let folder = try Folder()
        let identity = try DetachedProcess(
            executable: "/bin/sleep", arguments: ["600"], environment: [:],
            log: folder.path + "/log"
        ).spawn()
        let stranger = ProcessIdentity(pid: identity.pid, startTime: identity.startTime + 1)
        #expect(!stranger.isAlive())
        #expect(!stranger.signal(9))
        #expect(identity.isAlive())
        #expect(await identity.terminate())
    }
}
