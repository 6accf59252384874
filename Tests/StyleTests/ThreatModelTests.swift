import Testing

/// The threat model of docs/security.md names a test for each threat.
@Suite struct ThreatModelTests {
    @Test func `each test that the threat model names is there`() throws {
        let page = try #require(
            try SourceTree.textFiles(below: ["docs"]).first { $0.path == "docs/security.md" })
        let tests = try SourceTree.swiftFiles(below: ["Tests"]).flatMap { file in
            file.lines.compactMap { $0.firstMatch(of: /func `([^`]+)`/).map { String($0.1) } }
        }
        let rows = page.lines.drop { $0 != "## Threat model" }.filter { $0.hasPrefix("|") }
            .dropFirst(2)
        #expect(rows.count > 20)
        for row in rows {
            let named = (row.split(separator: "|").last ?? "").split(separator: "`")
                .filter { $0.count > 3 }.map { String($0) }
            #expect(!named.isEmpty, "no test for: \(row)")
            for name in named {
                #expect(tests.contains(name), "no test is called '\(name)'")
            }
        }
    }
}
