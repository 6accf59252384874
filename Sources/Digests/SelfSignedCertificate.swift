internal import CCrypto

/// A key on P-256 and a certificate (RFC 5280) that it signs itself: for a server whose clients
/// know its key and ask nobody else.
public struct SelfSignedCertificate: Sendable {
    /// PKCS #8 in PEM; a secret.
    public let keyPEM: [UInt8]
    public let certificatePEM: [UInt8]

    /// Makes one. `names`: host names and addresses that it is for, which must be nothing else.
    /// `serial`: up to 19 random bytes. `begin`, `end`: seconds since 1970. Nil where a name is
    /// none, or the library has no memory.
    public static func make(
        subject: String, names: [String], serial: [UInt8], begin: Int64, end: Int64
    ) -> SelfSignedCertificate? {
        guard !names.isEmpty, names.allSatisfy(isName) else { return nil }
        let list = names.map { isAddress($0) ? "IP:\($0)" : "DNS:\($0)" }.joined(separator: ",")
        guard let pair = howdah_new_p256() else { return nil }
        defer { EVP_PKEY_free(pair) }
        guard
            let certificate = howdah_self_signed(
                pair, String(subject.prefix(64)), list, serial, Int32(serial.count), begin, end)
        else { return nil }
        defer { X509_free(certificate) }
        let key = text { PEM_write_bio_PKCS8PrivateKey($0, pair, nil, nil, 0, nil, nil) }
        let body = text { PEM_write_bio_X509($0, certificate) }
        guard let key, let body else { return nil }
        return SelfSignedCertificate(keyPEM: key, certificatePEM: body)
    }

    /// Letters, digits, dots, hyphens and colons: nothing that means anything to OpenSSL's lists.
    public static func isName(_ name: String) -> Bool {
        !name.isEmpty && name.utf8.count <= 253
            && name.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"),
                    UInt8(ascii: ":"):
                    true
                default: false
                }
            }
    }

    private static func isAddress(_ name: String) -> Bool {
        name.contains(":") || name.allSatisfy { $0.isNumber || $0 == "." }
    }

    private static func text(_ write: (OpaquePointer) -> Int32) -> [UInt8]? {
        guard let memory = BIO_new(BIO_s_mem()) else { return nil }
        defer { BIO_free(memory) }
        guard write(memory) == 1 else { return nil }
        var start: UnsafeMutablePointer<CChar>?
        let count = howdah_memory_of(memory, &start)
        guard let start, count > 0 else { return nil }
        return UnsafeRawBufferPointer(start: start, count: count).map { $0 }
    }
}

/// The public key of a certificate, as clients pin it (RFC 7469, section 2.4).
public enum PublicKeyPin {
    /// SHA-256 of the first certificate's SubjectPublicKeyInfo; nil if there is none in the text.
    public static func digest(ofCertificatePEM text: [UInt8]) -> Digest? {
        guard let memory = BIO_new_mem_buf(text, Int32(text.count)) else { return nil }
        defer { BIO_free(memory) }
        guard let certificate = PEM_read_bio_X509(memory, nil, nil, nil) else { return nil }
        defer { X509_free(certificate) }
        var start: UnsafeMutablePointer<UInt8>?
        let count = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(certificate), &start)
        guard let start, count > 0 else { return nil }
        defer { CRYPTO_free(start, #file, #line) }
        return Digest.of(Array(UnsafeBufferPointer(start: start, count: Int(count))))
    }
}
