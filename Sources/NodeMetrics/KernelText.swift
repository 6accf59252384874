/// Lines, words and numbers of the kernel's texts, taken from the bytes as they are.
enum KernelText {
    typealias Bytes = ArraySlice<UInt8>

    static func lines(_ bytes: [UInt8]) -> [Bytes] { bytes.split(separator: UInt8(ascii: "\n")) }

    static func words(_ line: Bytes) -> [Bytes] {
        line.split { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
    }

    static func text(_ bytes: Bytes) -> String { String(decoding: bytes, as: UTF8.self) }

    /// Digits and nothing else; nil also for what has no room in 64 bits.
    static func number(_ bytes: Bytes) -> UInt64? {
        guard !bytes.isEmpty, bytes.count <= 20 else { return nil }
        var value: UInt64 = 0
        for byte in bytes {
            guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { return nil }
            let (tenfold, isTooMuch) = value.multipliedReportingOverflow(by: 10)
            let (sum, isAbove) = tenfold.addingReportingOverflow(UInt64(byte - UInt8(ascii: "0")))
            if isTooMuch || isAbove { return nil }
            value = sum
        }
        return value
    }

    /// The number behind a name, of lines such as `ctxt 123`.
    static func values(of names: [String], in bytes: [UInt8]) -> [String: UInt64] {
        let wanted = Dictionary(uniqueKeysWithValues: names.map { (Array($0.utf8)[...], $0) })
        var found: [String: UInt64] = [:]
        for line in lines(bytes) {
            guard let end = line.firstIndex(of: UInt8(ascii: " ")),
                let name = wanted[line[..<end]]
            else { continue }
            found[name] = number(line[(end + 1)...])
        }
        return found
    }
}
