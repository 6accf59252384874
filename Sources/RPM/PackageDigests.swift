internal import Digests

/// What a package says of its own bytes: which parts must have which digests.
struct PackageDigests {
    /// A part that has a digest of its own.
    struct Claim {
        let what: String
        let range: Range<Int64>
        let algorithm: DigestAlgorithm
        /// In hexadecimal.
        let expected: String

        func check(_ found: Digest, path: String) throws(PackageFileError) {
            if expected.lowercased() != found.hex {
                throw .wrongDigest(path: path, what: what, expected: expected, found: found.hex)
            }
        }
    }

    let path: String
    let head: PackageHead
    /// Bytes of the file.
    let size: Int64

    private var signature: PackageHeader { head.signature }
    private var headerRange: Range<Int64> {
        Int64(head.range.lowerBound)..<Int64(head.range.upperBound)
    }

    /// The claims in the file's order. The strongest digest that covers a part counts: MD5 over
    /// header and payload is looked at only where the payload has no digest of its own.
    func claims(withPayload: Bool) throws(PackageFileError) -> [Claim] {
        try checkSize()
        var claims: [Claim] = []
        if let stated = signature.text(SignatureTag.sha256Header.rawValue) {
            claims.append(claim("header digest", headerRange, .sha256, stated))
        } else if let stated = signature.text(SignatureTag.sha1Header.rawValue) {
            claims.append(claim("header digest", headerRange, .sha1, stated))
        }
        guard withPayload else { return claims }
        if let stated = head.header.text(.payloadDigest) {
            let payload = headerRange.upperBound..<size
            claims.append(claim("payload digest", payload, try payloadAlgorithm(), stated))
        } else if let md5 = signature.binary(SignatureTag.md5.rawValue) {
            claims.append(
                Claim(
                    what: "MD5 of header and payload", range: headerRange.lowerBound..<size,
                    algorithm: .md5, expected: Hex.encode(md5)))
        }
        return claims
    }

    private func claim(
        _ what: String, _ range: Range<Int64>, _ algorithm: DigestAlgorithm, _ stated: [UInt8]
    ) -> Claim {
        Claim(
            what: what, range: range, algorithm: algorithm,
            expected: String(decoding: stated, as: UTF8.self))
    }

    private func checkSize() throws(PackageFileError) {
        let found = size - headerRange.lowerBound
        let stated =
            signature.numbers(SignatureTag.longSize.rawValue).first
            ?? signature.numbers(SignatureTag.size.rawValue).first
        guard let stated else { return }
        let expected = Int64(clamping: stated)
        if found < expected {
            let whole = headerRange.lowerBound.addingReportingOverflow(expected)
            throw .truncated(
                path: path, expected: whole.overflow ? .max : whole.partialValue, found: size)
        }
        if found > expected {
            throw .malformed(path: path, what: "\(found - expected) bytes come after its payload")
        }
    }

    /// The numbers are OpenPGP's (RFC 4880, section 9.4).
    private func payloadAlgorithm() throws(PackageFileError) -> DigestAlgorithm {
        switch head.header.number(.payloadDigestAlgorithm) {
        case nil, 8: return .sha256
        case 1: return .md5
        case 2: return .sha1
        case 9: return .sha384
        case 10: return .sha512
        case 11: return .sha224
        case .some(let number):
            throw .malformed(path: path, what: "its payload digest is of unknown kind \(number)")
        }
    }
}
