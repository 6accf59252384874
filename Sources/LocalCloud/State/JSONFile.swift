internal import FoundationEssentials
internal import Host

/// A value kept in a file as JSON, replaced as a whole.
enum JSONFile {
    static func read<Value: Decodable>(
        _ type: Value.Type, from path: String, in files: Files
    ) throws -> Value? {
        guard let bytes = try files.readIfPresent(path) else { return nil }
        do {
            return try JSONDecoder().decode(type, from: Data(bytes))
        } catch {
            throw LabError(
                "'\(files.root)\(path)' is no \(type) of ours; move it away, then run "
                    + "'howdah local down'")
        }
    }

    static func write(
        _ value: some Encodable, to path: String, in files: Files, mode: UInt32 = 0o644
    ) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        try files.write([UInt8](try encoder.encode(value)), to: path, mode: mode)
    }
}
