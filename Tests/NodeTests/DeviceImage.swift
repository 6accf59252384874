import Glibc
import Host

/// A file that is to be a device: bytes are written to it in place.
struct DeviceImage: Sendable {
    let path: String

    func resize(_ bytes: Int) throws {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
        defer { close(descriptor) }
        guard descriptor >= 0, ftruncate(descriptor, bytes) == 0 else {
            throw FileError("resize", path, code: errno)
        }
    }

    var size: Int {
        get throws { Int(try DeviceProbe.size(of: path)) }
    }

    /// A place below zero is counted from the end.
    func put(_ bytes: [UInt8], at place: Int) throws {
        let offset = place < 0 ? try size + place : place
        let descriptor = open(path, O_WRONLY | O_CLOEXEC)
        defer { close(descriptor) }
        guard descriptor >= 0, pwrite(descriptor, bytes, bytes.count, offset) == bytes.count else {
            throw FileError("write", path, code: errno)
        }
    }

    func put(_ text: String, at place: Int) throws { try put(Array(text.utf8), at: place) }

    func zero(_ count: Int, at place: Int = 0) throws {
        try put([UInt8](repeating: 0, count: count), at: place)
    }

    /// Least significant byte first, as x86 and most formats have it.
    func put(little number: some FixedWidthInteger, at place: Int) throws {
        try put(Self.bytes(number.littleEndian), at: place)
    }

    func put(big number: some FixedWidthInteger, at place: Int) throws {
        try put(Self.bytes(number.bigEndian), at: place)
    }

    private static func bytes(_ number: some FixedWidthInteger) -> [UInt8] {
        withUnsafeBytes(of: number) { Array($0) }
    }

    /// Runs a program on the image: its path is the last argument.
    func run(_ program: String, _ arguments: String..., input: String = "") async throws {
        try await ProcessRunner().require(program, arguments + [path], input: Array(input.utf8))
    }

    /// The first byte that is not zero, as cmp(1) sees it.
    func firstData() async throws -> Int? {
        let words = try await ProcessRunner().run(
            "cmp", ["--bytes=\(try size)", path, "/dev/zero"]
        ).outputText.split { !$0.isNumber && !$0.isLetter }.map(String.init)
        guard let place = words.lastIndex(of: "byte") ?? words.lastIndex(of: "char") else {
            return nil
        }
        return Int(words[place + 1]).map { $0 - 1 }
    }
}
