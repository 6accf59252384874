public import Digests
public import Transfer

/// A repository behind `http` or `https`: it can be read, but neither listed nor written.
public struct WebStore: ObjectStore {
    static let maximumRedirects = 5

    let url: String
    let client: TransferClient

    public init(url: String, client: TransferClient) {
        self.url = url.hasSuffix("/") ? url : url + "/"
        self.client = client
    }

    public var name: String { TransferError.withoutSecrets(url) }

    public func list(_ prefix: String) async throws -> [String: StoredObject]? { nil }

    public func head(_ path: String) async throws -> StoredObject? {
        let response = try await send("HEAD", path, .call)
        return response.map {
            StoredObject(
                size: $0.headers["content-length"].flatMap { Int64($0) } ?? 0,
                entityTag: $0.headers["etag"], modified: nil)
        }
    }

    public func read(_ path: String, limit: Int) async throws -> StoredBytes? {
        var limits = TransferLimits.file
        limits.maximumBody = Int64(limit)
        return try await send("GET", path, limits).map {
            StoredBytes(bytes: $0.body, entityTag: $0.headers["etag"] ?? "")
        }
    }

    public func fetch(
        _ path: String, to file: String, _ algorithm: DigestAlgorithm
    ) async throws -> FetchedFile? {
        do {
            let download = try await client.download(to: file, algorithm: algorithm) { _ in
                request("GET", path)
            }
            return FetchedFile(digest: download.digest, size: download.size)
        } catch let error as TransferError {
            if case .status(let status) = error.kind, Self.missing.contains(status) { return nil }
            throw error
        }
    }

    public func delete(_ path: String) async throws { throw PublishError.readOnly(store: name) }

    public func put(_ upload: Upload, _ condition: PutCondition?) async throws -> String {
        throw PublishError.readOnly(store: name)
    }

    public func copy(_ path: String, from other: any ObjectStore) async throws -> Bool {
        throw PublishError.readOnly(store: name)
    }

    private static let missing: Set<Int> = [404, 410]

    private func request(_ method: String, _ path: String) -> HTTPRequest {
        HTTPRequest(method, url + Self.escape(path), maximumRedirects: Self.maximumRedirects)
    }

    private func send(
        _ method: String, _ path: String, _ limits: TransferLimits
    ) async throws -> HTTPResponse? {
        let response = try await client.send(retry: .standard, limits: limits) { _ in
            request(method, path)
        }
        if Self.missing.contains(response.status) { return nil }
        guard response.isSuccess else {
            throw TransferError(
                .status(response.status), method: method, url: url + path,
                attempts: response.attempts)
        }
        return response
    }

    /// All but unreserved characters and slashes (RFC 3986, section 2.3).
    static func escape(_ path: String) -> String {
        var result = ""
        for byte in path.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
                UInt8(ascii: "_"), UInt8(ascii: "~"), UInt8(ascii: "/"):
                result.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                let digits = String(byte, radix: 16, uppercase: true)
                result += "%" + (digits.count < 2 ? "0" : "") + digits
            }
        }
        return result
    }
}
