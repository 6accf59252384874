import Digests
import Support
import Synchronization
import Testing
import Transfer

@testable import AWS

/// Files by parts, of the smallest size that S3 and SeaweedFS take.
@Suite(.serialized) struct MultipartTests {
    static let sizes = S3PartSizes(threshold: 1 << 20, part: 5 << 20, parallel: 3)
    static let size: Int64 = (22 << 20) + 7
    /// Each block begins with its number.
    static let body: [UInt8] = {
        let block = (0..<65_536).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 7) }
        var bytes: [UInt8] = []
        while bytes.count < size {
            bytes.append(UInt8(truncatingIfNeeded: bytes.count >> 16))
            bytes.append(contentsOf: block)
        }
        return Array(bytes.prefix(Int(size)))
    }()
    static let place = S3Location(bucket: "packages", key: "el9/big+1.rpm")

    static func put(
        _ client: S3Client, _ path: String, _ condition: S3Condition? = nil,
        options: S3PutOptions = S3PutOptions(contentType: "application/x-rpm")
    ) async throws -> (tag: String, sent: Int64) {
        let sent = Mutex<Int64>(0)
        let tag = try await client.put(
            .file(path: path, sha256: sha256(body)), to: place, options: options,
            condition: condition, progress: { bytes in sent.withLock { $0 += bytes } })
        return (tag, sent.withLock { $0 })
    }

    static func with(
        _ run: (S3Client, _ path: String) async throws -> Void
    ) async throws {
        try await ServerInteropTests.withStore { store in
            try await withTemporaryDirectory { folder in
                var client = try store.s3(store.admin)
                client.partSizes = sizes
                try await run(client, try writeFile("\(folder)/big", body))
            }
        }
    }

    static func begun(_ client: S3Client) async throws -> Int {
        var call = client.call(
            "ListMultipartUploads", "GET", S3Location(bucket: "packages", key: ""))
        call.query = "uploads="
        let document = try client.caller.document(call, try await client.caller.send(call))
        return document.all("Upload").count
    }

    @Test(.enabled(if: SeaweedServer.missing == nil, "needs weed: run scripts/setup"))
    func `a big file goes by parts, is whole, and only the first writer wins`() async throws {
        try await Self.with { client, path in
            let (tag, sent) = try await Self.put(client, path, .absent)
            #expect(tag.hasSuffix("-5\"") && sent == Self.size)
            let object = try await client.get(Self.place, limits: .file)
            #expect(object.bytes == Self.body && object.metadata.entityTag == tag)
            #expect(object.metadata.contentType == "application/x-rpm")
            let error = await #expect(throws: ServiceError.self) {
                try await Self.put(client, path, .absent)
            }
            #expect(error?.isPreconditionFailed == true)
            let left = try await Self.begun(client)
            #expect(left == 0, "parts that nobody needs are given up")
            _ = try await Self.put(client, path, .matches(tag))
        }
    }

    @Test(.enabled(if: SeaweedServer.missing == nil, "needs weed: run scripts/setup"))
    func `an upload that was cut off goes on where it was, unless it is for another`() async throws
    {
        try await Self.with { client, path in
            let options = S3PutOptions(contentType: "application/x-rpm")
            let file = try S3FileParts.read(path, sha256: sha256(Self.body), Self.sizes)
            let put = PartedPut(
                path: path, location: Self.place, options: options, progress: { _ in })
            let upload = try await client.begin(Self.place, options, .standard, .file)
            let marker = put.marker(sha256: file.parts.map(\.sha256), part: Self.sizes.part)
            _ = try await upload.send(
                .bytes(marker), sha256: sha256(marker), size: Int64(marker.count),
                number: S3Upload.markerNumber)
            for part in file.parts[1..<4] {
                _ = try await upload.send(
                    .file(path: path, range: part.range), sha256: part.sha256, size: part.size,
                    number: part.number)
            }
            // Of the right size, with other bytes.
            let wrong = [UInt8](repeating: 1, count: Int(Self.sizes.part))
            _ = try await upload.send(
                .bytes(wrong), sha256: sha256(wrong), size: Self.sizes.part, number: 1)
            let other = try await Self.put(
                client, path, options: S3PutOptions(contentType: "other"))
            #expect(other.sent == Self.size, "other options, another upload")
            let resumed = try await Self.put(client, path)
            #expect(resumed.sent == Self.size - 3 * Self.sizes.part)
            let object = try await client.get(Self.place, limits: .file)
            #expect(object.bytes == Self.body && object.metadata.entityTag == resumed.tag)
            let left = try await Self.begun(client)
            #expect(left == 0)
        }
    }

    @Test(.enabled(if: SeaweedServer.missing == nil, "needs weed: run scripts/setup"))
    func `objects are copied at the store, big ones by parts`() async throws {
        try await Self.with { client, path in
            let tag = try await Self.put(client, path).tag
            let copy = S3Location(bucket: "packages", key: "stable/big 1.rpm")
            _ = try await client.copy(Self.place, to: copy, sourceTag: tag)
            let head = try #require(try await client.head(copy))
            #expect(head.size == Self.size && head.contentType == "application/x-rpm")
            let changed = await #expect(throws: ServiceError.self) {
                try await client.copy(Self.place, to: copy, sourceTag: "\"nonesuch\"")
            }
            #expect(changed?.isPreconditionFailed == true)
            let source = S3CopySource(
                location: Self.place, size: Self.size, tag: tag,
                metadata: try #require(try await client.head(Self.place)))
            let parted = S3Location(bucket: "packages", key: "stable/parted")
            _ = try await client.copyByParts(
                source, to: parted, options: S3PutOptions(), condition: nil)
            let object = try await client.get(parted, limits: .file)
            #expect(object.bytes == Self.body)
            #expect(object.metadata.contentType == "application/x-rpm")
            let none = await #expect(throws: ServiceError.self) {
                try await client.copy(S3Location(bucket: "packages", key: "none"), to: copy)
            }
            #expect(none?.isNotFound == true)
        }
    }

    @Test func `a file is cut into at most 9,999 parts`() {
        let sizes = S3PartSizes(part: 10)
        #expect(sizes.ranges(of: 25) == [0..<10, 10..<20, 20..<25])
        #expect(sizes.ranges(of: 0).isEmpty)
        let many = sizes.ranges(of: 1_000_000)
        #expect(many.count <= 9_999 && many.last?.upperBound == 1_000_000)
        #expect(S3PartSizes.standard.ranges(of: 5 << 40).count <= 9_999)
    }

    @Test func `a file that is not what it was is not sent`() async throws {
        try await LoopbackServer.with([]) { server in
            try await withTemporaryDirectory { folder in
                let path = try writeFile("\(folder)/f", [1, 2, 3])
                var client = try ServiceTests.s3(server)
                client.partSizes.threshold = 1
                await #expect(throws: UploadFileError.self) {
                    try await client.put(.file(path: path, sha256: sha256([1, 2])), to: Self.place)
                }
            }
        }
    }

    /// A 404 to the completion: the object is there, or it is not.
    @Test(arguments: [true, false])
    func `a completion whose answer was lost is known again`(isThere: Bool) async throws {
        let target = "/bucket/k"
        let md5 = "900150983cd24fb0d6963f7d28e17f72"  // of `abc`
        // `printf 900150983cd24fb0d6963f7d28e17f72 | xxd -r -p | md5sum`
        let tag = "\"af5da9f45af7a300e3aded972f8ff687-1\""
        func begin(_ id: String) -> [LoopbackServer.Exchange] {
            [
                .init(
                    "POST", target + "?uploads=", .init(200, "<R><UploadId>\(id)</UploadId></R>")),
                .init("PUT", target + "?partNumber=10000&uploadId=\(id)", .init(400, "")),
                .init(
                    "PUT", target + "?partNumber=1&uploadId=\(id)",
                    .init(200, headers: ["ETag": "\"\(md5)\""], "")),
            ]
        }
        let lost = "<Error><Code>NoSuchUpload</Code></Error>"
        let done = "<R><ETag>&quot;x-1&quot;</ETag></R>"
        let answer = isThere ? tag : "\"other\""
        var exchanges: [LoopbackServer.Exchange] = [
            .init("GET", "/bucket?prefix=k&uploads=", .init(403, ""))
        ]
        exchanges += begin("A")
        exchanges += [
            .init("POST", target + "?uploadId=A", .init(404, lost)),
            .init("DELETE", target + "?uploadId=A", .init(404, lost)),
            .init("HEAD", target, .init(200, headers: ["ETag": answer], "")),
        ]
        if !isThere {
            exchanges += begin("B") + [.init("POST", target + "?uploadId=B", .init(200, done))]
        }
        try await LoopbackServer.with(exchanges) { server in
            try await withTemporaryDirectory { folder in
                let path = try writeFile("\(folder)/f", Array("abc".utf8))
                var client = try ServiceTests.s3(server)
                client.partSizes.threshold = 1
                let stored = try await client.put(
                    .file(path: path, sha256: sha256(Array("abc".utf8))),
                    to: S3Location(bucket: "bucket", key: "k"))
                #expect(stored == (isThere ? tag : "\"x-1\""))
            }
        }
    }
}
