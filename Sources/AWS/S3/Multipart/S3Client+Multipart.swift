internal import Digests
public import FoundationEssentials
internal import Host
internal import Transfer

extension S3Client {
    /// Uploads of the same key that nobody finished for so long are given up by the next one.
    public static let staleUploadAge: TimeInterval = 86_400

    /// Sends a file by parts, several at once.
    ///
    /// An upload of the same content with the same options that was cut off (the program was
    /// killed, the network went away) is gone on with: parts that the store has are not sent
    /// again. Every other failure gives the upload up, so that no parts are left to be paid for.
    func putByParts(
        _ put: PartedPut, sha256: String, retry: RetryPolicy, limits: TransferLimits
    ) async throws -> String {
        let file = try S3FileParts.read(put.path, sha256: sha256, partSizes)
        do {
            return try await send(file, put, retry, limits, mayResume: true)
        } catch let error as ServiceError where error.code == "NoSuchUpload" {
            // Another publisher of the same file finished or gave up the upload that both went on
            // with; or it was finished, and the answer was lost.
            let tags = try file.parts.map { try file.entityTag(of: $0) }
            let expected = S3Upload.entityTag(
                of: zip(file.parts, tags).map {
                    S3Upload.Part(number: $0.number, entityTag: $1, checksum: nil, size: $0.size)
                })
            if let found = try await head(put.location)?.entityTag, found == expected {
                return found
            }
            return try await send(file, put, retry, limits, mayResume: false)
        }
    }

    private func send(
        _ file: S3FileParts, _ put: PartedPut, _ retry: RetryPolicy, _ limits: TransferLimits,
        mayResume: Bool
    ) async throws -> String {
        let marker = put.marker(sha256: file.parts.map(\.sha256), part: partSizes.part)
        let begun =
            mayResume
            ? await resumable(put.location, marker, retry, limits) : nil
        let upload: S3Upload
        if let begun {
            upload = begun
        } else {
            upload = try await begin(put.location, put.options, retry, limits)
            await mark(upload, marker)
        }
        do {
            let there = begun == nil ? [:] : try await matching(upload, file)
            let sent = try await Bounded.map(file.parts, limit: partSizes.parallel) { part in
                if let found = there[part.number] { return found }
                let sent = try await upload.send(
                    .file(path: file.path, range: part.range), sha256: part.sha256,
                    size: part.size, number: part.number)
                put.progress(part.size)
                return sent
            }
            return try await upload.complete(sent, condition: put.condition)
        } catch {
            if S3Client.givesUp(after: error) { await upload.abort() }
            throw error
        }
    }

    /// A network that went away may come back, and then the upload goes on. After an answer that
    /// was cut off it may be finished by now.
    private static func givesUp(after error: any Error) -> Bool {
        if error is UnreadableAnswer { return false }
        guard let error = error as? TransferError else { return true }
        return error.kind == .cancelled
    }

    func begin(
        _ location: S3Location, _ options: S3PutOptions, _ retry: RetryPolicy,
        _ limits: TransferLimits
    ) async throws -> S3Upload {
        var call = call("CreateMultipartUpload", "POST", location)
        call.query = "uploads="
        call.headers = options.headers
        call.headers["content-type"] = options.contentType ?? "application/octet-stream"
        call.headers["x-amz-checksum-algorithm"] = "SHA256"
        call.retry = retry
        let document = try caller.document(call, try await caller.send(call))
        guard let id = document.value("UploadId") else {
            throw UnreadableAnswer(
                service: "s3", operation: call.operation, reason: "there is no upload id")
        }
        return S3Upload(client: self, location: location, id: id, retry: retry, limits: limits)
    }

    /// Without its marker an upload is not gone on with later, and that is all.
    private func mark(_ upload: S3Upload, _ marker: [UInt8]) async {
        _ = try? await upload.send(
            .bytes(marker), sha256: Digest.of(marker).hex, size: Int64(marker.count),
            number: S3Upload.markerNumber)
    }

    /// An upload that was begun for the same. A caller who may not list uploads has none.
    private func resumable(
        _ location: S3Location, _ marker: [UInt8], _ retry: RetryPolicy, _ limits: TransferLimits
    ) async -> S3Upload? {
        var list = call("ListMultipartUploads", "GET", S3Location(bucket: location.bucket, key: ""))
        list.query = "prefix=\(URIEncoding.encode(location.key))&uploads="
        list.isExplained = false
        guard let response = try? await caller.send(list),
            let document = try? XMLElement.parse(response.body)
        else { return nil }
        var found: S3Upload?
        for element in document.all("Upload") where element["Key"]?.text == location.key {
            guard let id = element.value("UploadId") else { continue }
            let upload = S3Upload(
                client: self, location: location, id: id, retry: retry, limits: limits)
            // Without a marker it is not ours: another tool's is left alone.
            guard let mark = await self.marker(of: upload) else { continue }
            if found == nil, Self.isSame(mark, marker) {
                found = upload
            } else if let begun = element.value("Initiated").flatMap(AWSDate.parse),
                caller.now().timeIntervalSince(begun) > S3Client.staleUploadAge
            {
                await upload.abort()
            }
        }
        return found
    }

    private func marker(of upload: S3Upload) async -> S3Upload.Part? {
        let parts = try? await upload.parts(after: S3Upload.markerNumber - 1)
        return parts?.first {
            $0.number == S3Upload.markerNumber && $0.size == PartedPut.markerSize
        }
    }

    private static func isSame(_ part: S3Upload.Part, _ marker: [UInt8]) -> Bool {
        let checksum = S3Client.checksum(hexadecimal: Digest.of(marker).hex)
        if let found = part.checksum { return found == checksum }
        return part.entityTag == "\"\(Digest.of(marker, .md5).hex)\""
    }

    /// The parts at the store that have the file's content, by number.
    private func matching(
        _ upload: S3Upload, _ file: S3FileParts
    ) async throws -> [Int: S3Upload.Part] {
        var matching: [Int: S3Upload.Part] = [:]
        for var found in try await upload.parts() where found.number <= file.parts.count {
            guard found.number > 0 else { continue }
            let part = file.parts[found.number - 1]
            let checksum = S3Client.checksum(hexadecimal: part.sha256)
            guard found.size == part.size else { continue }
            if let stored = found.checksum {
                guard stored == checksum else { continue }
            } else {
                guard found.entityTag == (try file.entityTag(of: part)) else { continue }
                found.checksum = checksum
            }
            matching[part.number] = found
        }
        return matching
    }

    /// A copy of more than CopyObject takes.
    func copyByParts(
        _ source: S3CopySource, to destination: S3Location, options: S3PutOptions,
        condition: S3Condition?
    ) async throws -> String {
        var options = options
        if options.contentType == nil && options.cacheControl == nil {
            options.contentType = source.metadata.contentType
            options.cacheControl = source.metadata.cacheControl
        }
        let upload = try await begin(destination, options, .standard, .file)
        do {
            let sizes = S3PartSizes(part: max(partSizes.part, S3Client.copyPartSize))
            let ranges = sizes.ranges(of: source.size)
            let numbered = Array(zip(1..., ranges))
            let parts = try await Bounded.map(numbered, limit: partSizes.parallel) {
                number, range in
                try await upload.copy(source, range, number: number)
            }
            return try await upload.complete(parts, condition: condition)
        } catch {
            await upload.abort()
            throw error
        }
    }

    static let copyPartSize: Int64 = 512 << 20
}

/// One file that is stored by parts.
struct PartedPut: Sendable {
    var path: String
    var location: S3Location
    var options: S3PutOptions
    var condition: S3Condition?
    /// Told the bytes of each part that was sent.
    var progress: @Sendable (Int64) -> Void

    /// What an upload is for: the same content in the same parts, with the same options.
    func marker(sha256: [String], part: Int64) -> [UInt8] {
        let headers = options.headers.fields.map { "\($0.name): \($0.value)" }.sorted()
        let text = (["howdah upload 1", "part \(part)"] + headers + sha256).joined(separator: "\n")
        return Array("howdah upload \(Digest.of(Array(text.utf8)).hex)\n".utf8)
    }

    /// Bytes of every marker.
    static let markerSize: Int64 = 79
}
