internal import Host
internal import RPM
public import Solver

/// Reads what dnf and yum read below a root.
public struct DNFFiles: Sendable {
    /// dnf.conf(5): `reposdir`, and where its own configuration and variables are. What comes later
    /// in the list of variables wins.
    static let repositoryFolders = [
        "/etc/distro.repos.d", "/etc/yum.repos.d", "/etc/yum/repos.d",
    ]
    static let mainFiles = ["/etc/dnf/dnf.conf", "/etc/yum.conf"]
    static let variableFolders = ["/etc/yum/vars", "/etc/dnf/vars"]
    static let protectedFolder = "/etc/dnf/protected.d"
    static let maximumFile = 1 << 20
    static let maximumFiles = 1000

    let files: Files
    let root: String
    let architecture: String
    let environment: [String: String]

    public init(
        root: String, architecture: String = currentArchitecture(), environment: [String: String]
    ) {
        self.root = root
        files = Files(root: root)
        self.architecture = architecture
        self.environment = environment
    }

    /// With the image's own `.repo` files, or with those of `paths` (of this machine) instead.
    ///
    /// - Parameter release: `$releasever`; nil for what the image says.
    public func configuration(
        repositoryFiles paths: [String]? = nil, release: String? = nil
    ) async throws -> DNFConfiguration {
        let main = try Self.mainFiles.first(where: files.exists).map(file)
        let found = try paths.map { try $0.map(outerFile) } ?? repositoryFiles()
        // The keys that a file of this machine names are this machine's too.
        return DNFConfiguration(
            main: main, files: found, variables: try await variables(release),
            root: paths == nil ? root : "/")
    }

    /// Whether the image names a repository by a file at all.
    public var hasRepositoryFiles: Bool { !paths.isEmpty }

    /// What holds for all packages: what the configuration says, version locks and protected names.
    public func policy(_ configuration: DNFConfiguration) throws -> SolverPolicy {
        var policy = configuration.policy
        let locks = try versionLocks()
        policy.locks = locks.locks
        policy.excludes += locks.excludes
        policy.protected = try protectedNames()
        return policy
    }

    /// Packages that stay at their version, as dnf's and yum's plugins keep them.
    public func versionLocks() throws -> VersionLocks {
        let texts = try VersionLocks.paths.compactMap {
            try files.textIfPresent($0, limit: Self.maximumFile)
        }
        return VersionLocks(texts)
    }

    /// Packages that are never removed: this one, and those that /etc/dnf/protected.d names.
    public func protectedNames() throws -> Set<String> {
        var names: Set = ["howdah-node"]
        for file in (try? files.list(Self.protectedFolder)) ?? [] where file.hasSuffix(".conf") {
            let text = try files.text("\(Self.protectedFolder)/\(file)", limit: Self.maximumFile)
            for line in text.split(whereSeparator: \.isNewline) {
                let name = line.prefix { $0 != "#" }.trimmedBlanks
                if !name.isEmpty { names.insert(String(name)) }
            }
        }
        return names
    }

    private var paths: [String] {
        Self.repositoryFolders.flatMap { folder in
            ((try? files.list(folder)) ?? []).filter { $0.hasSuffix(".repo") }
                .map { "\(folder)/\($0)" }
        }
    }

    private func repositoryFiles() throws -> [DNFConfiguration.File] {
        let paths = paths
        guard paths.count <= Self.maximumFiles else {
            throw InstallError.localFile(
                path: "\(root)\(paths[0])",
                reason: "there are more than \(Self.maximumFiles) .repo files")
        }
        return try paths.map(file)
    }

    private func file(_ path: String) throws -> DNFConfiguration.File {
        .init(path: path, text: try files.text(path, limit: Self.maximumFile))
    }

    private func outerFile(_ path: String) throws -> DNFConfiguration.File {
        let bytes = try readSmallFile(path, limit: Self.maximumFile)
        return .init(path: path, text: String(decoding: bytes, as: UTF8.self))
    }

    // MARK: - Variables

    private func variables(_ release: String?) async throws -> DNFVariables {
        var values = ["arch": architecture]
        values["basearch"] = DNFVariables.baseArchitecture(architecture)
        values["releasever"] = try await systemRelease()
        values.merge(DNFVariables.ofEnvironment(environment)) { $1 }
        for folder in Self.variableFolders {
            for name in (try? files.list(folder)) ?? [] {
                guard let text = try? files.textIfPresent("\(folder)/\(name)", limit: 1 << 16)
                else { continue }
                values[name] = text.prefix { !$0.isNewline }.description
            }
        }
        if let release { values["releasever"] = release }
        return DNFVariables(values)
    }

    private func systemRelease() async throws -> String? {
        let root = root == "/" ? "" : root
        if let release = try await RPMLibrary.run({ RPMDatabase.systemRelease(root: root) }) {
            return release
        }
        let text = try files.textIfPresent("/etc/os-release", limit: Self.maximumFile) ?? ""
        let key = "VERSION_ID="
        let line = text.split(separator: "\n").first { $0.hasPrefix(key) }
        return line.map { $0.dropFirst(key.count).filter { $0 != "\"" && $0 != "'" } }
    }
}
