internal import CRPM
internal import Digests

extension Keyring {
    /// Checks an armored detached signature (`gpg --detach-sign --armor`) of `content`, such as
    /// `repomd.xml.asc`. Throws ``SignatureError`` unless one of these keys made it.
    public func verify(
        signature: [UInt8], of content: [UInt8], name: String
    ) async throws {
        try await RPMLibrary.run {
            try DetachedSignature(signature, name: name).verify(content, KeyringHandle(self))
        }
    }
}

/// A parsed signature packet.
private struct DetachedSignature: ~Copyable {
    private let parameters: pgpDigParams
    private let name: String

    init(_ armored: [UInt8], name: String) throws(SignatureError) {
        let text = String(decoding: armored, as: UTF8.self)
        guard let packets = Armor.decode(text, "SIGNATURE") else { throw .unsigned(name: name) }
        var parsed: pgpDigParams?
        let tag = UInt32(bitPattern: Int32(PGPTAG_SIGNATURE.rawValue))
        guard pgpPrtParams(packets, packets.count, tag, &parsed) == 0, let parsed else {
            throw .unsigned(name: name)
        }
        self.parameters = parsed
        self.name = name
    }

    deinit { pgpDigParamsFree(parameters) }

    func verify(_ content: [UInt8], _ keyring: borrowing KeyringHandle) throws(SignatureError) {
        // Of a text signature the line ends would have to be changed first (RFC 4880, 5.2.1).
        guard pgpSignatureType(parameters) == Int32(PGPSIGTYPE_BINARY.rawValue) else {
            throw .bad(name: name, reason: "it is not a signature of a binary document")
        }
        let algorithm = pgpDigParamsAlgo(parameters, UInt32(PGPVAL_HASHALGO.rawValue))
        guard let context = rpmDigestInit(Int32(algorithm), 0) else {
            throw .bad(name: name, reason: "its hash algorithm \(algorithm) is not known")
        }
        defer { rpmDigestFinal(context, nil, nil, 0) }
        rpmDigestUpdate(context, content, content.count)
        switch rpmKeyringVerifySig(keyring.pointer, parameters, context) {
        case RPMRC_OK: return
        case RPMRC_NOKEY: throw .unknownKey(name: name, keyID: keyID)
        default: throw .bad(name: name, reason: "it does not fit the content")
        }
    }

    private var keyID: String {
        guard let id = pgpDigParamsSignID(parameters) else { return "" }
        return Hex.encode(UnsafeBufferPointer(start: id, count: Int(PGP_KEYID_LEN)))
    }
}
