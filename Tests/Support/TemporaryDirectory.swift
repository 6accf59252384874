internal import FoundationEssentials
internal import Glibc

public struct TemporaryDirectoryError: Error, CustomStringConvertible {
    public let description: String
}

/// Makes a directory below /tmp (mode 0700, short: a socket's path fits in it).
public func makeTemporaryDirectory() throws -> String {
    var template = Array("/tmp/howdah-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else {
        throw TemporaryDirectoryError(description: "mkdtemp below /tmp: errno \(errno)")
    }
    return String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
}

/// Hands a fresh directory to `body` and removes it with all that is in it.
public func withTemporaryDirectory<Result>(
    isolation: isolated (any Actor)? = #isolation, _ body: (String) async throws -> Result
) async throws -> Result {
    let path = try makeTemporaryDirectory()
    defer { try? FileManager.default.removeItem(atPath: path) }
    return try await body(path)
}
