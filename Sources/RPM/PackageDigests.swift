internal import Digests

/// What a package says of its own bytes, and whether that is so.
struct PackageDigests {
    let path: String
    let signature: PackageHeader
    let header: PackageHeader

    /// Reads the payload, which comes next. The strongest digest that covers a part counts: MD5
    /// over header and payload is looked at only where the payload has no digest of its own.
    func check(_ stream: inout PackageStream, from start: Int64) throws(PackageFileError) {
        try checkSize(stream.size - start, stream)
        try checkHeader()
        let stated = header.text(.payloadDigest)
        let algorithm = try payloadAlgorithm()
        let md5 = stated == nil ? signature.binary(SignatureTag.md5.rawValue) : nil
        var payload = StreamHasher(algorithm)
        var both = md5.map { _ in StreamHasher(.md5) }
        both?.update(header.bytes)
        try stream.drain(&payload, &both)
        if let stated {
            try compare("payload digest", String(decoding: stated, as: UTF8.self), payload.finish())
        }
        if let md5, let found = both?.finish() {
            try compare("MD5 of header and payload", Hex.encode(md5), found)
        }
    }

    private func checkSize(
        _ found: Int64, _ stream: borrowing PackageStream
    ) throws(PackageFileError) {
        let stated =
            signature.numbers(SignatureTag.longSize.rawValue).first
            ?? signature.numbers(SignatureTag.size.rawValue).first
        guard let stated else { return }
        let expected = Int64(clamping: stated)
        if found < expected { throw stream.truncated(stream.size - found + expected) }
        if found > expected {
            throw .malformed(path: path, what: "\(found - expected) bytes come after its payload")
        }
    }

    private func checkHeader() throws(PackageFileError) {
        if let stated = signature.text(SignatureTag.sha256Header.rawValue) {
            try compare(
                "header digest", String(decoding: stated, as: UTF8.self),
                Digest.of(header.bytes, .sha256))
        } else if let stated = signature.text(SignatureTag.sha1Header.rawValue) {
            try compare(
                "header digest", String(decoding: stated, as: UTF8.self),
                Digest.of(header.bytes, .sha1))
        }
    }

    /// The numbers are OpenPGP's (RFC 4880, section 9.4).
    private func payloadAlgorithm() throws(PackageFileError) -> DigestAlgorithm {
        switch header.number(.payloadDigestAlgorithm) {
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

    private func compare(
        _ what: String, _ expected: String, _ found: Digest
    ) throws(PackageFileError) {
        if expected.lowercased() != found.hex {
            throw .wrongDigest(path: path, what: what, expected: expected, found: found.hex)
        }
    }
}
