internal import CRPM
internal import Glibc

/// OpenPGP's ASCII armor (RFC 4880, section 6.2). librpm 4.18 reads it around public keys alone.
enum Armor {
    /// The packets in the first block of a kind, such as `SIGNATURE`; nil if there is none that is
    /// whole. The block's own checksum is left alone: what matters is checked by cryptography.
    static func decode(_ text: String, _ kind: String) -> [UInt8]? {
        let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
            .map { $0.trimming { $0 == " " || $0 == "\t" } }
        guard let begin = lines.firstIndex(of: "-----BEGIN PGP \(kind)-----"),
            let end = lines[begin...].firstIndex(of: "-----END PGP \(kind)-----"),
            let blank = lines[begin..<end].firstIndex(of: "")
        else { return nil }
        let body = lines[blank..<end].filter { !$0.hasPrefix("=") }.joined()
        var packets: UnsafeMutableRawPointer?
        var count = 0
        guard rpmBase64Decode(body, &packets, &count) == 0, let packets else { return nil }
        defer { free(packets) }
        return Array(UnsafeRawBufferPointer(start: packets, count: count))
    }
}

extension Substring {
    fileprivate func trimming(_ isBlank: (Character) -> Bool) -> String {
        var rest = drop(while: isBlank)
        while let last = rest.last, isBlank(last) { rest.removeLast() }
        return String(rest)
    }
}
