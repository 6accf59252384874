internal import Glibc
internal import Host
internal import RPM

/// Reads the keys of a repository.
struct RepositoryKeys: Sendable {
    static let maximumKeyFile = 1 << 20

    let repository: Repository
    let installer: Installer

    init(_ repository: Repository, _ installer: Installer) {
        self.repository = repository
        self.installer = installer
    }

    /// All that the repository's metadata and packages may be signed with; no keys where it names
    /// none and nothing of it is installed.
    func keyring() async throws -> Keyring {
        do {
            var keyrings: [Keyring] = []
            for key in repository.keys { keyrings.append(try await keyring(key)) }
            let keyring = Keyring(joining: keyrings)
            if !repository.fingerprints.isEmpty {
                try keyring.check(fingerprints: repository.fingerprints)
            }
            return keyring
        } catch let error as KeyringError {
            throw InstallError.unreadableKey(repository: repository.id, reason: "\(error)")
        } catch InstallError.localFile(let path, let reason) {
            throw InstallError.unreadableKey(
                repository: repository.id, reason: "'\(path)': \(reason)")
        }
    }

    private func keyring(_ key: RepositoryKey) async throws -> Keyring {
        guard case .url = key.place, let fingerprint = key.fingerprint else {
            return try await keyring(key, try await file(key))
        }
        // What was fetched once is looked at as if it came anew: it must be this very key.
        let kept = "\(InstallCache.folder)/keys/\(fingerprint)"
        let files = Files(root: installer.root)
        if let bytes = try? files.readIfPresent(kept, limit: Self.maximumKeyFile),
            let keyring = try? await keyring(key, KeyFile(name: kept, bytes: bytes))
        {
            return keyring
        }
        let file = try await file(key)
        let keyring = try await keyring(key, file)
        // That it cannot be kept costs a request the next time and harms nobody.
        try? files.makeDirectory("\(InstallCache.folder)/keys")
        try? files.write(file.bytes, to: kept)
        return keyring
    }

    private func keyring(_ key: RepositoryKey, _ file: KeyFile) async throws -> Keyring {
        let keyring = try await Keyring.reading([file])
        if let fingerprint = key.fingerprint { try keyring.check(fingerprints: [fingerprint]) }
        return keyring
    }

    private func file(_ key: RepositoryKey) async throws -> KeyFile {
        switch key.place {
        case .file(let path):
            return KeyFile(name: path, bytes: try readSmallFile(path, limit: Self.maximumKeyFile))
        case .url(let url):
            let transport = try await installer.transport(repository, url)
            let bytes = try await transport.fetch("", limit: Self.maximumKeyFile)
            return KeyFile(name: url, bytes: bytes)
        }
    }
}

/// Reads a local file whose path is not below the root.
func readSmallFile(_ path: String, limit: Int) throws(InstallError) -> [UInt8] {
    guard let file = fopen(path, "re") else {
        throw .localFile(path: path, reason: String(cString: strerror(errno)))
    }
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: limit + 1)
    let count = fread(&bytes, 1, bytes.count, file)
    guard ferror(file) == 0 else { throw .localFile(path: path, reason: "it cannot be read") }
    guard count <= limit else { throw .localFile(path: path, reason: "longer than \(limit) bytes") }
    return Array(bytes.prefix(count))
}
