internal import Glibc

/// A file operation that the system refused, or that a limit of ours forbids.
public struct FileError: Error, CustomStringConvertible, Equatable {
    /// What was tried, such as `read`.
    public let operation: String
    public let path: String
    /// The system's error number; 0 where the refusal is ours.
    public let code: Int32
    public let reason: String

    public init(_ operation: String, _ path: String, code: Int32) {
        self.operation = operation
        self.path = path
        self.code = code
        self.reason = SystemText.message(code)
    }

    public init(_ operation: String, _ path: String, reason: String) {
        self.operation = operation
        self.path = path
        self.code = 0
        self.reason = reason
    }

    public var description: String { "cannot \(operation) '\(path)': \(reason)" }

    public var isMissing: Bool { code == ENOENT || code == ENOTDIR }
}

enum SystemText {
    /// strerror(3) in words, lower case as our messages are.
    static func message(_ code: Int32) -> String {
        var buffer = [CChar](repeating: 0, count: 256)
        guard strerror_r(code, &buffer, buffer.count) == 0 else { return "error \(code)" }
        let bytes = buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
        let text = String(decoding: bytes, as: UTF8.self)
        return text.prefix(1).lowercased() + text.dropFirst()
    }
}
