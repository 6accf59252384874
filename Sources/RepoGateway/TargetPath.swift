/// The path of a request, decoded: its names between slashes.
public struct TargetPath: Sendable, Equatable {
    /// Decoded once; none is empty, `.` or `..`, or has a slash or a control character.
    public var names: [String]
    public var endsWithSlash: Bool

    /// S3's keys have 1024 bytes at most.
    static let maximumDecoded = 2048

    /// Slashes that follow one another count as one: some clients join URLs so. Throws where the
    /// path could mean another object than it seems to.
    public static func decode(_ target: String) throws(Refusal) -> TargetPath {
        guard !target.utf8.contains(UInt8(ascii: "?")) else {
            throw Refusal(400, "a query is not taken")
        }
        guard !target.utf8.contains(UInt8(ascii: "#")) else {
            throw Refusal(400, "'#' must be written as %23")
        }
        var names: [String] = []
        var size = 0
        for raw in target.utf8.split(separator: UInt8(ascii: "/")) {
            let name = try decoded(Array(raw))
            size += name.utf8.count + 1
            names.append(name)
        }
        guard size <= maximumDecoded else { throw Refusal(414, "the path is too long") }
        return TargetPath(names: names, endsWithSlash: target.hasSuffix("/"))
    }

    private static func decoded(_ raw: [UInt8]) throws(Refusal) -> String {
        var bytes: [UInt8] = []
        var place = 0
        while place < raw.count {
            guard raw[place] == UInt8(ascii: "%") else {
                bytes.append(raw[place])
                place += 1
                continue
            }
            guard place + 2 < raw.count, let high = digit(raw[place + 1]),
                let low = digit(raw[place + 2])
            else { throw Refusal(400, "'%' without two hexadecimal digits") }
            bytes.append(high << 4 | low)
            place += 3
        }
        guard !bytes.contains(UInt8(ascii: "/")) else {
            throw Refusal(400, "an encoded slash is not taken")
        }
        guard !bytes.contains(where: { $0 < 0x20 || $0 == 0x7F }) else {
            throw Refusal(400, "a control character is not taken")
        }
        guard let name = String(validating: bytes, as: UTF8.self) else {
            throw Refusal(400, "the path is not UTF-8")
        }
        guard name != ".", name != ".." else { throw Refusal(400, "'\(name)' is not taken") }
        return name
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
