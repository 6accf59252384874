import FoundationEssentials
import Glibc
import Support
import Testing

/// The manual pages, made of docs/ and of what the programs say of themselves.
@Suite struct ManualTests {
    struct Page: Sendable, CustomTestStringConvertible {
        let name: String
        let section: String
        let source: String
        var program: String?

        var testDescription: String { "\(name)(\(section))" }

        /// As it is shown, 80 columns wide; groff's own complaints are errors.
        func rendered() async throws -> String {
            try await withTemporaryDirectory { folder in
                var words = [
                    "--name", name, "--section", section, "--summary", "a summary", "--date",
                    "2026-01-02", "--version", "1.0",
                ]
                if let program { words += ["--program", program] }
                let made = try await Command.run(
                    Checkout.root + "/packaging/man/make", words + [Checkout.root + "/" + source])
                let path = "\(folder)/\(name).\(section)"
                try Data(made.output.utf8).write(to: URL(filePath: path))
                let shown = try await Command.run(
                    "groff", ["-ww", "-man", "-Tutf8", "-rLL=78n", "-P-cbou", path])
                #expect(shown.errors == "")
                return shown.output
            }
        }
    }

    static func programPath(_ name: String) -> String {
        NodeContainer.program.split(separator: "/").dropLast().map { "/" + $0 }.joined()
            + "/" + name
    }

    static let programs = [
        Page(
            name: "howdah-node", section: "8", source: "packaging/man/howdah-node.md",
            program: programPath("howdah-node")),
        Page(
            name: "howdah", section: "1", source: "packaging/man/howdah.md",
            program: programPath("howdah")),
        // There is none where the build is one without the panel.
        Page(
            name: "howdah-panel", section: "8", source: "packaging/man/howdah-panel.md",
            program: programPath("howdah-panel")),
    ].filter { page in page.program.map { access($0, X_OK) == 0 } ?? false }
    static let documents = [
        Page(name: "howdah-cluster", section: "5", source: "docs/cluster-file.md"),
        Page(name: "howdah-stack", section: "5", source: "docs/stacks.md"),
    ]

    /// Without line breaks and hyphens that only the width has made.
    private static func flat(_ text: String) -> String {
        text.split { $0.isWhitespace }.joined(separator: " ")
    }

    @Test(arguments: programs) func `every verb and option of --help is in the page`(page: Page)
        async throws
    {
        let program = try #require(page.program)
        let shown = Self.flat(try await page.rendered())
        var verbs: [[String]] = [[]]
        var leaves = 0
        while let verb = verbs.popLast() {
            try #require(verb.count < 4, "\(verb)")
            let help = try await Command.run(program, verb + ["--help"]).output
            let children = Self.subcommands(help)
            verbs += children.map { verb + [$0] }
            if children.isEmpty {
                leaves += 1
                let usage = ([page.name] + verb).joined(separator: " ")
                #expect(shown.contains(" \(usage) "), "no '\(usage)'")
            }
            for option in Self.options(help) {
                #expect(shown.contains(option), "no '\(option)' of \(verb)")
            }
        }
        #expect(leaves > (page.name == "howdah-panel" ? 1 : 5))
    }

    @Test(arguments: documents) func `every key in a table of docs is in the page`(page: Page)
        async throws
    {
        let shown = Self.flat(try await page.rendered())
        let text = try String(contentsOfFile: "\(Checkout.root)/\(page.source)", encoding: .utf8)
        var keys = 0
        for line in text.split(separator: "\n") where line.hasPrefix("| `") {
            guard let key = line.split(separator: "`").dropFirst().first else { continue }
            keys += 1
            #expect(shown.contains(key), "no '\(key)'")
        }
        #expect(keys > 20)
        #expect(shown.hasPrefix("\(page.name.uppercased())(5)"))
        #expect(shown.contains("NAME \(page.name) - a summary"))
    }

    @Test func `every top-level key of the schema is in the cluster file's page`() async throws {
        struct Schema: Decodable {
            struct Anything: Decodable {}
            var properties: [String: Anything]
        }
        let data = try Data(
            contentsOf: URL(filePath: Checkout.root + "/images/cluster.schema.json"))
        let keys = try JSONDecoder().decode(Schema.self, from: data).properties.keys
        #expect(keys.contains("repositories"))
        let shown = Self.flat(try await Self.documents[0].rendered())
        for key in keys { #expect(shown.contains(" \(key) "), "\(key)") }
    }

    /// The names below SUBCOMMANDS; lines that go on are indented deeper.
    private static func subcommands(_ help: String) -> [String] {
        guard let list = help.split(separator: "SUBCOMMANDS:\n", maxSplits: 1).dropFirst().first
        else { return [] }
        return list.split(separator: "\n").compactMap { line in
            guard line.hasPrefix("  "), line.dropFirst(2).first?.isLetter == true else {
                return nil
            }
            // Other names of a verb stand behind a comma.
            let name = line.split(separator: " ")[0].prefix { $0 != "," }
            return name == "See" ? nil : String(name)
        }
    }

    /// Each `--option` of the list of options.
    private static func options(_ help: String) -> Set<String> {
        guard let list = help.split(separator: "OPTIONS:\n", maxSplits: 1).dropFirst().first else {
            return []
        }
        var found: Set<String> = []
        for line in list.split(separator: "\n") where line.hasPrefix("  -") {
            for word in line.split(separator: " ") where word.hasPrefix("--") {
                found.insert(String(word.prefix { $0 != "," && $0 != "/" }))
            }
        }
        return found
    }
}
