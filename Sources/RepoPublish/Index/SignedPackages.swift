internal import Host
internal import RPM

/// Tells packages that one of some keys signed from others.
struct SignedPackages {
    /// Bytes of a file with keys.
    static let maximumKeySize = 1 << 20

    /// Absolute.
    let root: String
    let keyrings: [String]

    /// Those that are signed; the others are left out. Packages that the old index knows are looked
    /// at too: it may have been made without this check.
    func select(_ found: PackageFinder.Found) async throws -> PackageFinder.Found {
        let keyring = try await keyring()
        let packages = found.packages.map {
            SignedPackage(path: root + "/" + $0.path, name: $0.path)
        }
        let errors = try await keyring.errors(in: packages)
        var selected = PackageFinder.Found(leftOut: found.leftOut)
        for (package, error) in zip(found.packages, errors) {
            if let error {
                selected.leftOut.append(LeftOut(path: package.path, reason: "\(error)"))
            } else {
                selected.packages.append(package)
            }
        }
        return selected
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
