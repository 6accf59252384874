internal import FoundationEssentials

/// A result for programs: keys in order, so that equal results are equal bytes.
func jsonText(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(value), as: UTF8.self)
}

/// Prints a result, for programs or for people.
func show(_ value: some Encodable, asLines lines: [String], json: Bool) throws {
    print(json ? try jsonText(value) : lines.joined(separator: "\n"))
}
