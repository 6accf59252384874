import Testing

/// What is not written here, and what is written instead.
@Suite struct BanTests {
    struct Ban: Sendable {
        let text: String
        /// Path prefixes where it is allowed.
        var except: [String] = []
        let instead: String
    }

    static let bans: [Ban] = [
        Ban(
            text: "import FoundationNetworking",
            instead: "Transfer's client; this one adds 45 MB to a static program"),
        Ban(text: "try!", instead: "try with an error that says what to do"),
        Ban(text: "fatalError(", instead: "a thrown error, or precondition for a wrong call"),
        Ban(text: "-Ounchecked", instead: "-O: unchecked removes preconditions"),
        Ban(text: "FIXME", instead: "an issue"),
        Ban(text: "TODO", instead: "an issue"),
        Ban(text: "pkill", instead: "ProcessIdentity: a process is ended by its recorded id"),
        Ban(
            text: "DispatchSemaphore", except: ["Tests/"],
            instead: "a continuation; blocking a pool thread can deadlock it"),
    ]

    @Test(arguments: bans) func `a banned word has a better one`(ban: Ban) throws {
        for file in try SourceTree.swiftFiles(below: ["Sources", "Tests"]) {
            if file.target == "StyleTests" || ban.except.contains(where: file.path.hasPrefix) {
                continue
            }
            for (number, line) in file.lines.enumerated() where line.contains(ban.text) {
                Issue.record("\(file.path):\(number + 1): '\(ban.text)': use \(ban.instead)")
            }
        }
    }

    /// What git leaves of a merge that nobody finished; the text is put together here, or this
    /// file would have it.
    @Test func `no file has the marks of an unfinished merge`() throws {
        let mark = String(repeating: "<", count: 7) + " "
        let folders = ["docs", "scripts", "Sources", "Tests", "images", "packaging"]
        let files = try SourceTree.textFiles(below: folders)
        #expect(files.contains { $0.path == "docs/local.md" })
        for file in files {
            for (number, line) in file.lines.enumerated() where line.hasPrefix(mark) {
                Issue.record("\(file.path):\(number + 1): finish the merge")
            }
        }
    }

    @Test func `full Foundation stays in the panel`() throws {
        let panel = ["Sources/Panel/", "Sources/howdah-panel/", "Tests/PanelTests/"]
        for file in try SourceTree.swiftFiles(below: ["Sources", "Tests"])
        where !panel.contains(where: file.path.hasPrefix) {
            for (number, line) in file.lines.enumerated()
            where importedModule(line) == "Foundation" {
                Issue.record("\(file.path):\(number + 1): import FoundationEssentials instead")
            }
        }
    }
}
