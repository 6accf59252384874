import Testing

@testable import Digests

/// RFC 7914, section 12; the vector of 1 GiB apart.
@Suite struct ScryptTests {
    struct Vector: Sendable {
        let password: String
        let salt: String
        let scrypt: Scrypt
        let key: String
    }

    @Test(arguments: [
        Vector(
            password: "", salt: "", scrypt: Scrypt(logN: 4, blockSize: 1, parallelism: 1),
            key: """
                77d6576238657b203b19ca42c18a0497f16b4844e3074ae8dfdffa3fede21442\
                fcd0069ded0948f8326a753a0fc81f17e8d3e0fb2e0d3628cf35e20c38d18906
                """),
        Vector(
            password: "password", salt: "NaCl",
            scrypt: Scrypt(logN: 10, blockSize: 8, parallelism: 16),
            key: """
                fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b373162\
                2eaf30d92e22a3886ff109279d9830dac727afb94a83ee6d8360cbdfa2cc0640
                """),
        Vector(
            password: "pleaseletmein", salt: "SodiumChloride",
            scrypt: Scrypt(logN: 14, blockSize: 8, parallelism: 1),
            key: """
                7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2\
                d5432955613f0fcf62d49705242a9af9e61e85dc0d651e40dfcf017b45575887
                """),
    ])
    func `a key is that of the published vector`(vector: Vector) {
        let key = vector.scrypt.key(
            of: Array(vector.password.utf8), salt: Array(vector.salt.utf8), count: 64)
        #expect(key.map { Hex.encode($0) } == vector.key)
    }

    @Test(arguments: [
        Scrypt(logN: 0, blockSize: 8, parallelism: 1),
        Scrypt(logN: 31, blockSize: 8, parallelism: 1),
        Scrypt(logN: 4, blockSize: 0, parallelism: 1),
        Scrypt(logN: 4, blockSize: 8, parallelism: 0),
    ])
    func `parameters out of bounds make no key`(scrypt: Scrypt) {
        #expect(scrypt.key(of: [1], salt: [2], count: 32) == nil)
    }

    @Test func `secrets are equal when all their bytes are`() {
        #expect(areEqualSecrets([1, 2, 3], [1, 2, 3]) && areEqualSecrets([], []))
        #expect(!areEqualSecrets([1, 2, 3], [1, 2, 4]) && !areEqualSecrets([1, 2], [1, 2, 3]))
    }
}
