import AWS
import FoundationEssentials
import Glibc
import Support
import Testing
import Transfer

/// `howdah-node gateway` itself, before a store, with its files in a folder.
struct GatewayProgram: Sendable {
    let port: UInt16
    let folder: String
    let process: ServerProcess

    var repoFile: String { folder + "/howdah.repo" }
    var secretFile: String { folder + "/run/secret" }
    var logPath: String { folder + "/gateway.log" }

    /// Of the first repository in the .repo file.
    var baseURL: String { Self.setting("baseurl", repoFile) }

    static func setting(_ name: String, _ path: String) -> String {
        let text = String(decoding: readFile(path) ?? [], as: UTF8.self)
        let line = text.split(separator: "\n").first { $0.hasPrefix(name + "=") }
        return String(line?.dropFirst(name.utf8.count + 1) ?? "")
    }

    /// `arguments` are the places and what else is wanted; `environment` says who signs.
    static func with<Value>(
        store: String, _ arguments: [String], environment: [String: String] = adminKeys,
        _ body: (GatewayProgram) async throws -> Value
    ) async throws -> Value {
        try await withTemporaryDirectory { folder in
            let log = folder + "/gateway.log"
            let words =
                arguments + [
                    "--listen", "127.0.0.1:0", "--secret-file", folder + "/run/secret",
                    "--write-repo", folder + "/howdah.repo",
                ]
            let own = [
                "AWS_ENDPOINT_URL_S3": store, "AWS_ENDPOINT_URL_STS": store,
                "AWS_REGION": "us-east-1", "AWS_EC2_METADATA_DISABLED": "true", "HOME": folder,
            ]
            let process = try ServerProcess.start(
                NodeContainer.program, ["gateway"] + words,
                environment: own.merging(environment) { $1 }, logPath: log)
            defer { process.stop() }
            var port: UInt16?
            try await process.wait(for: "the gateway") {
                port = listening(log)
                return port != nil
            }
            let program = GatewayProgram(port: port ?? 0, folder: folder, process: process)
            let value = try await body(program)
            let secret = String(decoding: readFile(program.secretFile) ?? [], as: UTF8.self)
            let text = String(decoding: readFile(log) ?? [], as: UTF8.self)
            #expect(!secret.isEmpty && !text.contains(secret.dropLast()))
            return value
        }
    }

    /// The port that the log says; nil as long as it says none.
    static func listening(_ log: String) -> UInt16? {
        let text = String(decoding: readFile(log) ?? [], as: UTF8.self)
        guard let mark = text.firstRange(of: " on 127.0.0.1:") else { return nil }
        let rest = text[mark.upperBound...]
        // The line must be whole.
        return rest.contains("\n") ? UInt16(rest.prefix { $0.isNumber }) : nil
    }

    static let adminKeys = [
        "AWS_ACCESS_KEY_ID": "ADMINKEY", "AWS_SECRET_ACCESS_KEY": "adminsecret",
    ]
}

/// What is in the store: packages that depend on each other, with all of dnf's and S3's odd
/// characters in their names, indexed by createrepo_c.
struct PublishedPackages: Sendable {
    static let prefix = "el9/x 86~64"
    static let place = "s3://packages/\(prefix)"
    static let names = ["base", "app", "libc++-tools"]

    let store: String
    let keyPath: String

    static func with<Value>(
        identities: [SeaweedServer.Identity] = [.admin], roles: [SeaweedServer.Role] = [],
        tokenDuration: String = "1h", _ body: (PublishedPackages) async throws -> Value
    ) async throws -> Value {
        try await withTemporaryDirectory { folder in
            let key = try await TestKey.make()
            defer { try? FileManager.default.removeItem(atPath: key.home) }
            let directory = folder + "/repository"
            let builder = RPMBuilder(directory: directory)
            try await builder.build(.init("base"), signedBy: key)
            try await builder.build(
                .init("app", version: "2.0", requires: ["base >= 1.0", "libc++-tools"]),
                signedBy: key)
            try await builder.build(
                .init("libc++-tools", version: "1.0~rc1^git2+5"), signedBy: key)
            try await Command.run("createrepo_c", ["--quiet", "--no-database", directory])
            let index = directory + "/repodata/repomd.xml"
            try writeFile(index + ".asc", Array(try await key.sign(index).utf8))
            try writeFile(folder + "/key.asc", Array(key.publicKey.utf8))
            return try await SeaweedServer.with(
                identities: identities, roles: roles, tokenDuration: tokenDuration
            ) { weed in
                let published = PublishedPackages(store: weed.url, keyPath: folder + "/key.asc")
                try await published.upload(directory)
                return try await body(published)
            }
        }
    }

    var client: S3Client {
        get throws {
            let admin = Credentials(accessKeyID: "ADMINKEY", secretAccessKey: "adminsecret")
            return try S3Client(
                settings: AWSSettings(region: "us-east-1", endpoints: [.s3: store]),
                credentials: StaticCredentials(admin), transfer: TransferClient())
        }
    }

    private func upload(_ directory: String) async throws {
        let client = try client
        try await client.createBucket("packages")
        for name in try FileManager.default.subpathsOfDirectory(atPath: directory)
        where name.contains(".") {
            let place = S3Location(bucket: "packages", key: "\(Self.prefix)/\(name)")
            _ = try await client.put(.bytes(readFile("\(directory)/\(name)") ?? []), to: place)
        }
        let outside = S3Location(bucket: "packages", key: "el8/secret")
        _ = try await client.put(.bytes([1]), to: outside)
    }

    /// The arguments of a gateway for them.
    var arguments: [String] { [Self.place, "--gpgkey", "file://\(keyPath)"] }
}
