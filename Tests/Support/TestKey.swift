internal import FoundationEssentials

/// A throwaway OpenPGP key (RSA 3072, no passphrase) in a keyring of its own, made when a test asks
/// for it. Nothing secret is in the repository.
public struct TestKey: Sendable {
    /// The GNUPGHOME that holds it.
    public let home: String
    public let fingerprint: String
    /// Armored.
    public let publicKey: String
    /// Armored; a file that `howdah repo index --sign` takes.
    public let secretKey: String
    public static let userID = "Howdah Test <test@example.com>"

    /// Makes a key; `body` may use it, then it is gone.
    public static func with<Result>(
        isolation: isolated (any Actor)? = #isolation, _ body: (TestKey) async throws -> Result
    ) async throws -> Result {
        try await withTemporaryDirectory { home in
            let key = try await TestKey(makingIn: home)
            do {
                let result = try await body(key)
                await key.stopAgent()
                return result
            } catch {
                await key.stopAgent()
                throw error
            }
        }
    }

    /// Makes a key in a directory that whoever asked has to remove.
    public static func make() async throws -> TestKey {
        let key = try await TestKey(makingIn: try makeTemporaryDirectory())
        await key.stopAgent()
        return key
    }

    /// The key in a directory, which has none the first time: for what is kept between runs and
    /// depends on the key, such as the layers of an image.
    public static func kept(in home: String) async throws -> TestKey {
        let files = FileManager.default
        if files.fileExists(atPath: home + "/pubring.kbx") { return try await TestKey(in: home) }
        try files.createDirectory(
            atPath: home, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        return try await TestKey(makingIn: home)
    }

    private init(makingIn home: String) async throws {
        try await Self.gpg(
            home,
            [
                "--passphrase", "", "--pinentry-mode", "loopback", "--quick-generate-key",
                Self.userID, "rsa3072", "sign", "never",
            ])
        try await self.init(in: home)
    }

    private init(in home: String) async throws {
        self.home = home
        let listing = try await Self.gpg(home, ["--with-colons", "--list-keys"])
        let line = listing.split(separator: "\n").first { $0.hasPrefix("fpr:") } ?? ""
        fingerprint = String(line.split(separator: ":").last ?? "")
        publicKey = try await Self.gpg(home, ["--armor", "--export"])
        secretKey = try await Self.gpg(home, ["--armor", "--export-secret-keys"])
    }

    /// A detached armored signature over a file.
    public func sign(_ path: String) async throws -> String {
        try await Self.gpg(home, ["--armor", "--output", "-", "--detach-sign", path])
    }

    /// Signs RPM packages in place.
    public func signPackages(_ paths: [String]) async throws {
        let defines = ["_gpg_name \(fingerprint)", "_gpg_path \(home)", "__gpg /usr/bin/gpg"]
        try await Command.run(
            "rpmsign", defines.flatMap { ["--define", $0] } + ["--addsign"] + paths,
            environment: ["GNUPGHOME": home])
    }

    @discardableResult
    private static func gpg(_ home: String, _ arguments: [String]) async throws -> String {
        try await Command.run("gpg", ["--homedir", home, "--batch", "--quiet"] + arguments).output
    }

    /// gpg leaves an agent behind for each home.
    public func stopAgent() async {
        _ = try? await Command.run("gpgconf", ["--homedir", home, "--kill", "gpg-agent"])
    }
}
