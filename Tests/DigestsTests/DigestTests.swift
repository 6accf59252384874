import Digests
import Testing

/// The vectors are those of FIPS 180-4's examples, RFC 1321 and RFC 4231 (test cases 1 and 2).
@Suite struct DigestTests {
    @Test(arguments: [
        (DigestAlgorithm.md5, "900150983cd24fb0d6963f7d28e17f72"),
        (.sha1, "a9993e364706816aba3e25717850c26c9cd0d89d"),
        (.sha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    ])
    func `the digest of abc is the published one`(algorithm: DigestAlgorithm, hex: String) {
        #expect(Digest.of(Array("abc".utf8), algorithm).hex == hex)
    }

    @Test func `a hasher fed in pieces gives the digest of the whole, and can be used again`() {
        var hasher = StreamHasher(.sha256)
        hasher.update(Array("a".utf8))
        hasher.update(Array("bc".utf8))
        #expect(hasher.finish() == Digest.of(Array("abc".utf8)))
        #expect(hasher.finish() == Digest.of([]))
    }

    @Test func `HMAC agrees with RFC 4231`() {
        let first = hmacSHA256(key: Array(repeating: 0x0b, count: 20), Array("Hi There".utf8))
        #expect(
            Hex.encode(first)
                == "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7")
        let second = hmacSHA256(
            key: Array("Jefe".utf8), Array("what do ya want for nothing?".utf8))
        #expect(
            Hex.encode(second)
                == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")
    }

    @Test func `hexadecimal of the wrong length or with a foreign digit is refused`() {
        #expect(Digest(.md5, hex: "90015098") == nil)
        #expect(Hex.decode("0g") == nil)
        #expect(Hex.decode("abc") == nil)
        #expect(Hex.decode("Ab00") == [0xab, 0])
    }
}
