internal import FoundationEssentials
internal import Transfer

/// Where ECS, EKS and the like give a container its credentials: what AWS_CONTAINER_CREDENTIALS_…
/// says.
///
/// AWS SDKs and Tools Reference Guide, "Container credential provider".
struct ContainerEndpoint: Sendable {
    static let host = "169.254.170.2"
    /// ECS, and both addresses of EKS Pod Identity.
    static let allowedHosts: Set = [host, "169.254.170.23", "[fd00:ec2::23]"]
    static let maximumToken = 1 << 16

    private let url: String
    private let tokenPath: String?
    private let token: String?

    /// Nil where the environment names none; throws where what it names is not allowed.
    init?(environment: [String: String]) throws(CredentialsError) {
        func value(_ name: String) -> String? {
            environment[name].flatMap { $0.isEmpty ? nil : $0 }
        }
        if let path = value("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI") {
            guard path.hasPrefix("/") else {
                throw .broken(
                    "container: AWS_CONTAINER_CREDENTIALS_RELATIVE_URI '\(path)' has no slash at "
                        + "its start")
            }
            url = "http://\(ContainerEndpoint.host)\(path)"
        } else if let full = value("AWS_CONTAINER_CREDENTIALS_FULL_URI") {
            guard ContainerEndpoint.isAllowed(full) else {
                throw .broken(
                    "container: AWS_CONTAINER_CREDENTIALS_FULL_URI "
                        + "'\(TransferError.withoutSecrets(full))' is neither https nor at a "
                        + "loopback address, \(ContainerEndpoint.allowedHosts.sorted())")
            }
            url = full
        } else {
            return nil
        }
        tokenPath = value("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE")
        token = value("AWS_CONTAINER_AUTHORIZATION_TOKEN")
    }

    /// Over http credentials go only where no network is between.
    static func isAllowed(_ url: String) -> Bool {
        guard let mark = url.firstRange(of: "://") else { return false }
        let rest = url[mark.upperBound...]
        let authority = rest.prefix { !"/?#".contains($0) }
        guard !authority.isEmpty, !authority.contains("@") else { return false }
        if url[..<mark.lowerBound].lowercased() == "https" { return true }
        guard url[..<mark.lowerBound].lowercased() == "http" else { return false }
        var host = String(authority).lowercased()
        if host.hasPrefix("[") {
            guard let end = host.firstIndex(of: "]") else { return false }
            host = String(host[...end])
        } else {
            host = String(host.prefix { $0 != ":" })
        }
        let isLoopback = host == "localhost" || host == "[::1]" || isLoopbackAddress(host)
        return isLoopback || allowedHosts.contains(host)
    }

    private static func isLoopbackAddress(_ host: String) -> Bool {
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
    }

    func credentials(_ transfer: TransferClient) async throws -> Credentials {
        var request = HTTPRequest("GET", url, proxyBypass: true)
        request.headers["accept"] = "application/json"
        if let token = try currentToken() { request.headers["authorization"] = token }
        let limits = TransferLimits(
            connect: .seconds(2), total: .seconds(10), stall: nil, maximumBody: 1 << 20)
        let sent = request
        let response = try await transfer.send(retry: RetryPolicy(attempts: 3), limits: limits) {
            _ in sent
        }
        guard response.isSuccess else {
            throw failure("answered \(response.status)")
        }
        do {
            return try CredentialDocument.read(response.body).credentials(isTemporary: true)
        } catch {
            throw failure("the answer is unreadable: \(error.reason)")
        }
    }

    /// The file wins, and is read each time: others keep it new.
    private func currentToken() throws(CredentialsError) -> String? {
        guard let tokenPath else { return token }
        guard let data = try? Data(contentsOf: URL(filePath: tokenPath)),
            data.count <= ContainerEndpoint.maximumToken
        else { throw failure("the token file '\(tokenPath)' cannot be read") }
        return String(decoding: data, as: UTF8.self).trimmingBlanks
    }

    private func failure(_ reason: String) -> CredentialsError {
        .broken("container '\(TransferError.withoutSecrets(url))': \(reason)")
    }
}
