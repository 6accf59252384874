import Testing

/// Sizes that keep a file one room and a function one thought.
@Suite struct SizeTests {
    static let maximumColumns = 100
    static let maximumFileLines = 400
    static let maximumFunctionLines = 70

    @Test func `lines, files and functions stay small`() throws {
        for file in try SourceTree.swiftFiles(below: ["Sources", "Tests"]) {
            #expect(
                file.lines.count <= Self.maximumFileLines,
                "\(file.path): \(file.lines.count) lines; at most \(Self.maximumFileLines)")
            for (number, line) in file.lines.enumerated() where line.count > Self.maximumColumns {
                // A published vector or a fixture's text cannot be broken.
                if line.contains("\"") && line.split(separator: " ").count <= 3 { continue }
                Issue.record("\(file.path):\(number + 1): \(line.count) columns")
            }
            for function in longFunctions(file.lines) {
                Issue.record(
                    """
                    \(file.path):\(function.line): a function of \(function.length) lines; \
                    at most \(Self.maximumFunctionLines)
                    """)
            }
        }
    }

    @Test func `a function's length is counted to its closing brace`() {
        let body = Array(repeating: Substring("    work()"), count: Self.maximumFunctionLines)
        let long = longFunctions(["func f() {"] + body + ["}"])
        #expect(long.map(\.length) == [Self.maximumFunctionLines + 2])
        #expect(longFunctions(["func f() {"] + body.dropLast(2) + ["}"]).isEmpty)
    }
}

/// Functions over the limit. The formatter puts a function's closing brace at the indentation of
/// its first line, so counting lines to that brace is enough.
func longFunctions(_ lines: [Substring]) -> [(line: Int, length: Int)] {
    var long: [(line: Int, length: Int)] = []
    for (start, line) in lines.enumerated() where opensFunction(line) {
        let closing = line.prefix { $0 == " " } + "}"
        guard let end = lines[start...].dropFirst().firstIndex(where: { $0.hasPrefix(closing) })
        else { continue }
        let length = end - start + 1
        if length > SizeTests.maximumFunctionLines { long.append((start + 1, length)) }
    }
    return long
}

private func opensFunction(_ line: Substring) -> Bool {
    let words = line.split(separator: " ").prefix { !$0.hasPrefix("//") }
    return words.contains("func") || words.contains { $0.hasPrefix("init(") }
}
