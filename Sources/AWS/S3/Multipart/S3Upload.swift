internal import Digests
internal import FoundationEssentials
internal import Transfer

/// A multipart upload that was begun.
struct S3Upload: Sendable {
    /// A part that is at the store.
    struct Part: Sendable, Equatable {
        var number: Int
        /// With its quotes.
        var entityTag: String
        /// SHA-256 in Base64, at stores that have checksums.
        var checksum: String?
        /// Bytes.
        var size: Int64
    }

    let client: S3Client
    let location: S3Location
    let id: String
    let retry: RetryPolicy
    let limits: TransferLimits

    /// S3 puts together only the parts that completing names. The part of this number never is
    /// one of them: its content says what the upload was begun for.
    static let markerNumber = 10_000
    static let maximumPages = 16

    private func call(_ operation: String, _ method: String) -> ServiceCaller.Call {
        var call = client.call(operation, method, location)
        call.query = "uploadId=\(URIEncoding.encode(id))"
        call.retry = retry
        call.limits = limits
        return call
    }

    private func partCall(_ operation: String, _ number: Int) -> ServiceCaller.Call {
        var call = call(operation, "PUT")
        call.query = "partNumber=\(number)&" + call.query
        return call
    }

    func send(_ body: HTTPRequest.Body, sha256: String, size: Int64, number: Int) async throws
        -> Part
    {
        var call = partCall("UploadPart", number)
        call.body = body
        call.payloadHash = sha256
        let checksum = S3Client.checksum(hexadecimal: sha256)
        call.headers["x-amz-checksum-sha256"] = checksum
        let response = try await client.caller.send(call)
        guard let tag = response.headers["etag"] else {
            throw UnreadableAnswer(
                service: "s3", operation: call.operation, reason: "there is no entity tag")
        }
        return Part(number: number, entityTag: tag, checksum: checksum, size: size)
    }

    /// Fills a part from a range of another object.
    func copy(_ source: S3CopySource, _ range: Range<Int64>, number: Int) async throws -> Part {
        var call = partCall("UploadPartCopy", number)
        call.headers["x-amz-copy-source"] = S3Client.copySource(source.location)
        call.headers["x-amz-copy-source-if-match"] = source.tag
        call.headers["x-amz-copy-source-range"] =
            "bytes=\(range.lowerBound)-\(range.upperBound - 1)"
        let document = try await client.completed(call)
        guard let tag = document.value("ETag") else {
            throw UnreadableAnswer(
                service: "s3", operation: call.operation, reason: "there is no entity tag")
        }
        return Part(
            number: number, entityTag: tag, checksum: document.value("ChecksumSHA256"),
            size: range.upperBound - range.lowerBound)
    }

    /// The parts that are at the store, from the one after `marker` on.
    func parts(after marker: Int = 0) async throws -> [Part] {
        var found: [Part] = []
        var marker = marker
        for _ in 0..<S3Upload.maximumPages {
            var call = call("ListParts", "GET")
            call.query += "&part-number-marker=\(marker)"
            call.limits = .call
            let document = try client.caller.document(call, try await client.caller.send(call))
            for element in document.all("Part") {
                guard let number = element.value("PartNumber").flatMap({ Int($0) }),
                    let tag = element.value("ETag"),
                    let size = element.value("Size").flatMap({ Int64($0) })
                else { continue }
                found.append(
                    Part(
                        number: number, entityTag: tag,
                        checksum: element.value("ChecksumSHA256"), size: size))
            }
            let next = document.value("NextPartNumberMarker").flatMap { Int($0) }
            guard document.value("IsTruncated") == "true", let next, next > marker else { break }
            marker = next
        }
        return found
    }

    /// Makes the object of the parts, and returns its entity tag.
    func complete(_ parts: [Part], condition: S3Condition?) async throws -> String {
        var call = call("CompleteMultipartUpload", "POST")
        call.headers.set(condition)
        call.headers["content-type"] = "application/xml"
        let lines = parts.map { part in
            let checksum = part.checksum.map { "<ChecksumSHA256>\($0)</ChecksumSHA256>" } ?? ""
            return "<Part><PartNumber>\(part.number)</PartNumber>"
                + "<ETag>\(part.entityTag.xmlEscaped)</ETag>\(checksum)</Part>"
        }
        let text =
            "<CompleteMultipartUpload xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">"
            + lines.joined() + "</CompleteMultipartUpload>"
        (call.body, call.payloadHash) = S3Content.bytes(Array(text.utf8)).prepared
        let document = try await client.completed(call)
        guard let tag = document.value("ETag") else {
            throw UnreadableAnswer(
                service: "s3", operation: call.operation, reason: "there is no entity tag")
        }
        return tag
    }

    /// Gives the parts up. Best effort: what is left, a lifecycle rule of the bucket removes.
    func abort() async {
        // A task of its own: the one that gave up may have been cancelled.
        await Task {
            var call = call("AbortMultipartUpload", "DELETE")
            call.limits = .call
            call.isExplained = false
            _ = try? await client.caller.send(call)
        }.value
    }

    /// The entity tag of an object that was put together of these parts (unless KMS encrypts it).
    static func entityTag(of parts: [Part]) -> String? {
        var digests: [UInt8] = []
        for part in parts {
            guard let digest = Hex.decode(part.entityTag.filter { $0 != "\"" }) else { return nil }
            digests += digest
        }
        return "\"\(Digest.of(digests, .md5).hex)-\(parts.count)\""
    }
}

extension String {
    /// As text of an element.
    var xmlEscaped: String {
        var result = ""
        for character in self {
            switch character {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            default: result.append(character)
            }
        }
        return result
    }
}
