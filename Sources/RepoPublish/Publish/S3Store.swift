public import AWS
internal import Digests
internal import Host
internal import Transfer

/// A bucket, or a folder of one, as a place to publish to.
public struct S3Store: ObjectStore {
    let client: S3Client
    let location: S3Location

    public init(client: S3Client, location: S3Location) {
        self.client = client
        self.location = location
    }

    public var name: String { location.appending("").description }

    public func list() async throws -> [String: StoredObject] {
        let prefix = location.appending("")
        var objects: [String: StoredObject] = [:]
        for entry in try await client.list(prefix) where entry.key.hasPrefix(prefix.key) {
            let path = String(entry.key.dropFirst(prefix.key.count))
            objects[path] = StoredObject(size: entry.size, entityTag: entry.entityTag)
        }
        return objects
    }

    public func read(_ path: String) async throws -> (bytes: [UInt8], entityTag: String)? {
        do {
            let object = try await client.get(location.appending(path))
            guard let tag = object.metadata.entityTag else { return nil }
            return (object.bytes, tag)
        } catch let error as ServiceError where error.isNotFound {
            return nil
        }
    }

    public func sha256(_ path: String) async throws -> String? {
        let random = String(UInt64.random(in: .min ... .max), radix: 16)
        let file = "/var/tmp/howdah-publish-\(random)"
        defer { try? Files().remove(file) }
        do {
            return try await client.download(location.appending(path), to: file).digest.hex
        } catch let error as ServiceError where error.isNotFound {
            return nil
        }
    }

    public func delete(_ path: String) async throws {
        try await client.delete(location.appending(path))
    }

    public func put(_ upload: Upload, _ condition: PutCondition?) async throws -> String {
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
                content, to: location.appending(upload.path),
                options: S3PutOptions(
                    contentType: upload.contentType, cacheControl: upload.cacheControl),
                condition: s3Condition)
        } catch let error as ServiceError where condition != nil && error.isPreconditionFailed {
            throw StoreConflict(path: upload.path)
        }
    }
}
