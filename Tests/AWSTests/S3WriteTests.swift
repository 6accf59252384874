import AWS
import Digests
import Support
import Testing
import Transfer

/// What a write sends, against a server that answers what it is told.
@Suite struct S3WriteTests {
    static let target = "/bucket/p/a%2Bb.rpm"
    static let place = S3Location(bucket: "bucket", key: "p/a+b.rpm")

    @Test func `an object goes with its options and its checksum`() async throws {
        try await LoopbackServer.with([
            .init("PUT", Self.target, .init(200, headers: ["ETag": "\"t\""], ""))
        ]) { server in
            let options = S3PutOptions(
                contentType: "application/x-rpm", cacheControl: "max-age=5",
                acl: "bucket-owner-full-control", encryption: .kms(keyID: "alias/rpms"),
                storageClass: "STANDARD_IA",
                tags: [.init(name: "team", value: "a b"), .init(name: "x", value: "y&z")])
            let tag = try await ServiceTests.s3(server).put(
                .bytes(Array("content".utf8)), to: Self.place, options: options)
            #expect(tag == "\"t\"")
            let sent = try #require(server.requests.first).headers
            // `printf content | openssl sha256 -binary | base64`
            #expect(
                sent["x-amz-checksum-sha256"] == "7XACtDnprIRfIjV9giusFERzD722AW0+yUMil7nsn3M=")
            #expect(sent["content-type"] == "application/x-rpm")
            #expect(sent["cache-control"] == "max-age=5")
            #expect(sent["x-amz-acl"] == "bucket-owner-full-control")
            #expect(sent["x-amz-storage-class"] == "STANDARD_IA")
            #expect(sent["x-amz-server-side-encryption"] == "aws:kms")
            #expect(sent["x-amz-server-side-encryption-aws-kms-key-id"] == "alias/rpms")
            #expect(sent["x-amz-tagging"] == "team=a%20b&x=y%26z")
        }
    }

    @Test func `a copy says what it is a copy of, and that it still is that`() async throws {
        let copied = "<CopyObjectResult><ETag>&quot;c&quot;</ETag></CopyObjectResult>"
        try await LoopbackServer.with([
            .init("HEAD", "/bucket/s/x%20y", .init(200, headers: ["ETag": "\"s\""], "")),
            .init("PUT", Self.target, .init(200, copied)),
        ]) { server in
            let tag = try await ServiceTests.s3(server).copy(
                S3Location(bucket: "bucket", key: "s/x y"), to: Self.place,
                options: S3PutOptions(cacheControl: "no-cache"), condition: .absent)
            #expect(tag == "\"c\"")
            let sent = try #require(server.requests.last).headers
            #expect(sent["x-amz-copy-source"] == "/bucket/s/x%20y")
            #expect(sent["x-amz-copy-source-if-match"] == "\"s\"")
            #expect(sent["x-amz-metadata-directive"] == "REPLACE")
            #expect(sent["if-none-match"] == "*" && sent["cache-control"] == "no-cache")
        }
    }

    @Test func `a copy that failed behind a 200 is tried again, then told`() async throws {
        let head = LoopbackServer.Exchange(
            "HEAD", "/bucket/s", .init(200, headers: ["ETag": "\"s\""], ""))
        func failed(_ code: String) -> LoopbackServer.Exchange {
            .init("PUT", Self.target, .init(200, "<Error><Code>\(code)</Code></Error>"))
        }
        try await LoopbackServer.with([
            head, failed("InternalError"), failed("AccessDenied"),
        ]) { server in
            let error = await #expect(throws: ServiceError.self) {
                try await ServiceTests.s3(server).copy(
                    S3Location(bucket: "bucket", key: "s"), to: Self.place)
            }
            #expect(error?.code == "AccessDenied" && error?.operation == "CopyObject")
        }
    }

    @Test func `a condition that did not hold is told behind a 200 too`() async throws {
        try await LoopbackServer.with([
            .init("HEAD", "/bucket/s", .init(200, headers: ["ETag": "\"s\""], "")),
            .init(
                "PUT", Self.target, .init(200, "<Error><Code>PreconditionFailed</Code></Error>")),
        ]) { server in
            let error = await #expect(throws: ServiceError.self) {
                try await ServiceTests.s3(server).copy(
                    S3Location(bucket: "bucket", key: "s"), to: Self.place, condition: .absent)
            }
            #expect(error?.isPreconditionFailed == true)
        }
    }

    @Test func `some bytes of an object are asked for, of one version of it`() async throws {
        try await LoopbackServer.with([
            .init("GET", Self.target, .init(206, headers: ["ETag": "\"t\""], "nten"))
        ]) { server in
            let object = try await ServiceTests.s3(server).get(
                Self.place, range: 2..<6, entityTag: "\"t\"")
            #expect(object.bytes == Array("nten".utf8))
            let sent = try #require(server.requests.first).headers
            #expect(sent["range"] == "bytes=2-5" && sent["if-match"] == "\"t\"")
        }
    }
}
