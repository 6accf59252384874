public import AWS
public import Digests
internal import Transfer

/// A bucket, or a folder of one, as a place to publish to.
public struct S3Store: ObjectStore {
    let client: S3Client
    let location: S3Location
    /// How objects are stored: encryption, class, tags.
    let options: S3PutOptions

    /// What `options` say of content type and cache control is not used, unless `cacheControl` is
    /// given: then packages and metadata get that, and `repomd.xml` is still asked for each time.
    public init(
        client: S3Client, location: S3Location, options: S3PutOptions = S3PutOptions()
    ) {
        self.client = client
        self.location = location
        self.options = options
    }

    public var name: String { location.appending("").description }

    public func list(_ prefix: String) async throws -> [String: StoredObject]? {
        let root = location.appending("").key
        var objects: [String: StoredObject] = [:]
        for entry in try await client.list(location.appending(prefix))
        where entry.key.hasPrefix(root) {
            objects[String(entry.key.dropFirst(root.count))] = StoredObject(
                size: entry.size, entityTag: entry.entityTag, modified: entry.modified)
        }
        return objects
    }

    public func head(_ path: String) async throws -> StoredObject? {
        try await client.head(location.appending(path)).map {
            StoredObject(size: $0.size ?? 0, entityTag: $0.entityTag, modified: nil)
        }
    }

    public func read(_ path: String, limit: Int) async throws -> StoredBytes? {
        var limits = TransferLimits.file
        limits.maximumBody = Int64(limit)
        do {
            let object = try await client.get(location.appending(path), limits: limits)
            guard let tag = object.metadata.entityTag else { return nil }
            return StoredBytes(bytes: object.bytes, entityTag: tag)
        } catch let error as ServiceError where error.isMissingObject {
            return nil
        }
    }

    public func fetch(
        _ path: String, to file: String, _ algorithm: DigestAlgorithm
    ) async throws -> FetchedFile? {
        do {
            let download = try await client.download(
                location.appending(path), to: file, algorithm: algorithm)
            return FetchedFile(digest: download.digest, size: download.size)
        } catch let error as ServiceError where error.isMissingObject {
            return nil
        }
    }

    public func delete(_ path: String) async throws {
        try await client.delete(location.appending(path))
    }

    public func put(_ upload: Upload, _ condition: PutCondition?) async throws -> String {
        try await put(upload, condition, progress: { _ in })
    }

    public func put(
        _ upload: Upload, _ condition: PutCondition?, progress: @escaping @Sendable (Int64) -> Void
    ) async throws -> String {
        let content: S3Content =
            switch upload.content {
            case .bytes(let bytes): .bytes(bytes)
            case .file(let path, let sha256): .file(path: path, sha256: sha256)
            }
        let s3Condition: S3Condition? =
            switch condition {
            case .absent: .absent
            case .matches(let tag): .matches(tag)
            case nil: nil
            }
        do {
            return try await client.put(
                content, to: location.appending(upload.path), options: options(for: upload),
                condition: s3Condition, progress: progress)
        } catch let error as ServiceError where condition != nil && error.isPreconditionFailed {
            throw StoreConflict(path: upload.path)
        }
    }

    /// Within one store of objects; credentials are this place's.
    public func copy(_ path: String, from other: any ObjectStore) async throws -> Bool {
        guard let other = other as? S3Store, other.client.isSameStore(as: client) else {
            return false
        }
        var options = options
        if options.cacheControl != nil { options.contentType = Upload.contentType(path) }
        _ = try await client.copy(
            other.location.appending(path), to: location.appending(path), options: options)
        return true
    }

    private func options(for upload: Upload) -> S3PutOptions {
        var options = options
        options.contentType = upload.contentType
        if upload.cacheControl == PublishPlan.never || options.cacheControl == nil {
            options.cacheControl = upload.cacheControl
        }
        return options
    }
}

extension ServiceError {
    /// A bucket that is missing is no missing object.
    fileprivate var isMissingObject: Bool { isNotFound && code != "NoSuchBucket" }
}
