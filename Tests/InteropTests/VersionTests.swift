import FoundationEssentials
import Host
import Support
import Testing

@Suite struct VersionTests {
    static let families = [
        [], ["repo"], ["repo", "publish"], ["image"], ["local"], ["cluster"], ["cluster", "show"],
    ]

    @Test func `every program and every family of verbs says the same version`() async throws {
        for words in Self.families {
            let result = try await HowdahProgram.run(words + ["--version"])
            #expect(result.output == HowdahVersion.text + "\n", "\(words)")
        }
        let index = try await HowdahProgram.run(["repo", "index", "--version"])
        #expect(index.output.hasPrefix(HowdahVersion.text))
        var programs = [("howdah-node", "boot")]
        // Such a build has none, or an old one.
        if ProcessInfo.processInfo.environment["HOWDAH_WITHOUT_PANEL"] == nil {
            programs.append(("howdah-panel", "serve"))
        }
        for (program, verb) in programs {
            let path = KilledProgram.programs + "/" + program
            for words in [[], [verb]] {
                let result = try await Command.run(path, words + ["--version"])
                #expect(result.output == HowdahVersion.text + "\n")
            }
        }
    }
}
