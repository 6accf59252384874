/// Epoch, version and release, as they stand in metadata. Empty parts are not written.
public struct EVR: Sendable, Hashable {
    public var epoch: [UInt8]
    public var version: [UInt8]
    public var release: [UInt8]

    public init(epoch: [UInt8], version: [UInt8], release: [UInt8]) {
        self.epoch = epoch
        self.version = version
        self.release = release
    }

    /// One for all, since most relations have it.
    private static let zero = [UInt8(ascii: "0")]

    /// Splits `epoch:version-release` at the first colon and at the first hyphen after it
    /// (createrepo_c's misc.c, cr_str_to_evr). Without an epoch it is 0; of nothing all parts are
    /// empty. Nil if the epoch is no number.
    public init?(splitting text: [UInt8]) {
        var rest = text[...]
        epoch = text.isEmpty ? [] : Self.zero
        if let colon = rest.firstIndex(of: UInt8(ascii: ":")) {
            let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
            guard rest[..<colon].allSatisfy(digits.contains) else { return nil }
            if colon > rest.startIndex { epoch = Array(rest[..<colon]) }
            rest = rest[(colon + 1)...]
        }
        let hyphen = rest.firstIndex(of: UInt8(ascii: "-")) ?? rest.endIndex
        version = Array(rest[..<hyphen])
        release = Array(rest[hyphen...].dropFirst())
    }
}
