import AWS
import FoundationEssentials
import Support
import Testing
import Transfer

/// The vectors are AWS's and botocore's: see `Tests/Fixtures`.
@Suite struct SigV4Tests {
    static let fixtures =
        "/" + #filePath.split(separator: "/").dropLast(2).joined(separator: "/") + "/Fixtures"
    static let suite = fixtures + "/aws4_testsuite"
    static let key = "AKIDEXAMPLE"
    static let secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"

    static var cases: [String] {
        let paths = (try? FileManager.default.subpathsOfDirectory(atPath: suite)) ?? []
        return paths.filter { $0.hasSuffix(".req") }.map { String($0.dropLast(4)) }.sorted()
    }

    static func vector(_ name: String, _ kind: String) throws -> String {
        let bytes = try #require(readFile("\(suite)/\(name).\(kind)"))
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test func `the whole suite is there`() {
        #expect(Self.cases.count == 34)
    }

    @Test(arguments: cases)
    func `AWS's published vectors are signed as published`(name: String) throws {
        let request = try Self.read(try Self.vector(name, "req"))
        // Where the token is signed, the canonical request has it, as in botocore's own test.
        let mark = "\nx-amz-security-token:"
        let token = try Self.vector(name, "creq").split(separator: mark).dropFirst().first
            .map { String($0.prefix { !$0.isNewline }) }
        let credentials = Credentials(
            accessKeyID: Self.key, secretAccessKey: Self.secret, sessionToken: token)
        let date = try #require(AWSDate.parse("20150830T123600Z"))
        let signed = SigV4.sign(
            request, credentials: credentials, region: "us-east-1", service: "service",
            date: date)
        #expect(try signed.canonicalRequest == Self.vector(name, "creq"))
        #expect(try signed.stringToSign == Self.vector(name, "sts"))
        #expect(try signed.authorization == Self.vector(name, "authz"))
    }

    /// Takes a `.req` file apart.
    static func read(_ text: String) throws -> SigV4.Request {
        let halves = text.split(separator: "\n\n", maxSplits: 1)
        var lines = halves[0].split(separator: "\n")[...]
        let start = lines.removeFirst().split(separator: " ")
        let target = start[1..<(start.count - 1)].joined(separator: " ")
        let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        var fields: [(name: String, value: String)] = []
        for line in lines {
            if line.hasPrefix(" ") {
                fields[fields.count - 1].value += "\n" + line
            } else {
                let colon = try #require(line.firstIndex(of: ":"))
                let value = line[line.index(after: colon)...]
                fields.append((String(line[..<colon]), String(value)))
            }
        }
        let body = halves.count > 1 ? Array(halves[1].utf8) : []
        return SigV4.Request(
            method: String(start[0]), path: String(parts[0]),
            query: parts.count > 1 ? String(parts[1]) : "", headers: HTTPHeaders(fields),
            payloadHash: sha256(body))
    }

    struct S3Vectors: Decodable {
        struct Vector: Decodable {
            var key: String
            var token: String?
            var path: String
            var query: String
            var date: String
            var payloadHash: String
            var authorization: String
        }
        var vectors: [Vector]
    }

    @Test func `S3 keys of all kinds are signed as botocore signs them`() throws {
        let bytes = try #require(readFile(Self.fixtures + "/s3_signatures/vectors.json"))
        let vectors = try JSONDecoder().decode(S3Vectors.self, from: Data(bytes)).vectors
        #expect(vectors.count == 16)
        for vector in vectors {
            #expect("/bucket/" + URIEncoding.encodePath(vector.key) == vector.path)
            let signed = SigV4.sign(
                SigV4.Request(
                    method: "GET", path: vector.path, query: vector.query,
                    headers: ["host": "127.0.0.1:8333"], payloadHash: vector.payloadHash),
                credentials: Credentials(
                    accessKeyID: Self.key, secretAccessKey: Self.secret,
                    sessionToken: vector.token),
                region: "eu-central-1", service: "s3",
                date: try #require(AWSDate.parse(vector.date)), style: .s3)
            #expect(signed.authorization == vector.authorization, "\(vector.key)")
        }
    }

    /// Amazon S3 API Reference, "Signature Calculations for the Authorization Header: Transferring
    /// Payload in a Single Chunk".
    @Test(arguments: [
        (
            "GET", "/test.txt", "", ["range": "bytes=0-9"], "",
            "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"
        ),
        (
            "PUT", "/test%24file.text", "",
            [
                "date": "Fri, 24 May 2013 00:00:00 GMT",
                "x-amz-storage-class": "REDUCED_REDUNDANCY",
            ], "Welcome to Amazon S3.",
            "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd"
        ),
        (
            "GET", "/", "lifecycle", [:], "",
            "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"
        ),
        (
            "GET", "/", "max-keys=2&prefix=J", [:], "",
            "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"
        ),
    ])
    func `the examples of S3's documentation are signed as documented`(
        method: String, path: String, query: String, extra: [String: String], body: String,
        signature: String
    ) throws {
        var headers: HTTPHeaders = ["Host": "examplebucket.s3.amazonaws.com"]
        for (name, value) in extra { headers[name] = value }
        let signed = SigV4.sign(
            SigV4.Request(
                method: method, path: path, query: query, headers: headers,
                payloadHash: sha256(Array(body.utf8))),
            credentials: Credentials(
                accessKeyID: "AKIAIOSFODNN7EXAMPLE",
                secretAccessKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"),
            region: "us-east-1", service: "s3",
            date: try #require(AWSDate.parse("20130524T000000Z")), style: .s3)
        #expect(signed.signature == signature)
    }
}
