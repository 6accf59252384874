import FoundationEssentials
import RepoPublish
import Support
import Testing

/// A repository behind HTTP, as `verify` and `diff` read it.
@Suite struct WebVerifyTests {
    @Test func `a repository behind HTTP is verified to the last byte`() async throws {
        try await withSignedRepository { directory, _ in
            let key = parent(directory) + "/public.asc"
            try await withHTTPServer(directory) { url in
                let verify = ["repo", "verify", url, "--deep", "--key", key]
                let good = try await HowdahProgram.run(verify)
                #expect(good.output.contains("3 packages read, signature checked; 0 problems"))
                let same = try await HowdahProgram.run(["repo", "diff", url, directory])
                #expect(same.output == "the same packages\n")

                let package = directory + "/sub/three+x.rpm"
                var bytes = try readWhole(package)
                bytes[bytes.count - 9] ^= 1
                try writeFile(package, bytes)
                let bad = try await HowdahProgram.run(verify, mayFail: true)
                #expect(bad.exitCode == 1 && bad.output.hasPrefix("sub/three+x.rpm: "))
                // Its size is right: only a deep look finds it.
                try await HowdahProgram.run(["repo", "verify", url])
                try FileManager.default.removeItem(atPath: package)
                let gone = try await HowdahProgram.run(["repo", "verify", url], mayFail: true)
                #expect(gone.exitCode == 1 && gone.output.hasPrefix("sub/three+x.rpm: "))
                let none = try await HowdahProgram.run(
                    ["repo", "verify", url + "nothing"], mayFail: true)
                #expect(none.exitCode == 1 && none.errors.contains(url + "nothing"))
            }
        }
    }

    @Test(.enabled(if: Command.exists("script"), "needs script of bsdutils"))
    func `an index shows how far it is on a terminal alone, and leaves nothing there`()
        async throws
    {
        try await withTemporaryDirectory { directory in
            for number in 1...3 {
                try await RPMBuilder(directory: directory).build(.init("p\(number)"))
            }
            let piped = try await HowdahProgram.run(["repo", "index", directory])
            #expect(piped.errors.isEmpty && !piped.output.contains("\u{1b}"))
            let shown = try await HowdahTerminal.run(["repo", "index", directory])
            let clear = "\r\u{1b}[K"
            #expect(shown.contains("\(clear)3 of 3 packages"))
            // The last thing that is done to the line is that it is cleared.
            let last = try #require(shown.ranges(of: clear).last)
            #expect(shown[last.upperBound...].hasPrefix("\(directory): 3 packages"))
            let quiet = try await HowdahTerminal.run(["repo", "index", "-q", directory])
            #expect(quiet.isEmpty)
        }
    }
}
