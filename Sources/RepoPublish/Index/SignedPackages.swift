internal import Digests
internal import Host
internal import RPM

/// Tells packages that one of some keys signed from others.
struct SignedPackages {
    /// Bytes of a file with keys.
    static let maximumKeySize = 1 << 20

    /// Absolute.
    let keyrings: [String]
    let algorithm: DigestAlgorithm

    /// Those of the packages below `root` that are signed, each with the digest of what was
    /// checked; the others are left out. Packages that the old index knows are looked at too: it
    /// may have been made without this check.
    func select(
        _ found: PackageFinder.Found, below root: String
    ) async throws -> PackageFinder.Found {
        let results = try await check(
            found.packages.map { SignedPackage(path: root + "/" + $0.path, name: $0.path) })
        var selected = PackageFinder.Found(leftOut: found.leftOut)
        for (package, result) in zip(found.packages, results) {
            switch result {
            case .success(let digest):
                var package = package
                package.signed = digest
                selected.packages.append(package)
            case .failure(let error):
                selected.leftOut.append(LeftOut(path: package.path, reason: "\(error)"))
            }
        }
        return selected
    }

    /// For each package, the digest of what was checked, or why it does not pass.
    func check(_ packages: [SignedPackage]) async throws -> [Result<Digest, SignatureError>] {
        try await keyring().digests(of: packages, algorithm)
    }

    private func keyring() async throws -> Keyring {
        do {
            let files = try keyrings.map { path in
                KeyFile(name: path, bytes: try Files().read(path, limit: Self.maximumKeySize))
            }
            return try await Keyring.reading(files)
        } catch {
            throw IndexError.keyring(reason: "\(error)")
        }
    }
}
