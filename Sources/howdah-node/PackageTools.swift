import AWS
import Cluster
import FoundationEssentials
import Glibc
import Host
import PackageInstall
import Solver
import Transfer

/// An installer as the options and the image say, and what holds for all packages.
struct PackageTools {
    let installer: Installer
    let policy: SolverPolicy
    let assumed: [String]
    /// What was left out of the image's files.
    let notes: [String]

    static func make(_ options: PackageOptions) async throws -> PackageTools {
        let environment = ProcessInfo.processInfo.environment
        let root = options.absoluteRoot
        let files = DNFFiles(root: root, environment: environment)
        let configuration = try await files.configuration(
            repositoryFiles: options.repositories.isEmpty ? nil : options.files,
            release: options.release)
        let cluster = options.repositories.isEmpty ? clusterFile(root) : nil
        let repositories = try repositories(options, configuration, cluster)
        let transfer = TransferClient(TransferClient.Configuration(environment: environment))
        var installer = Installer(
            root: root, repositories: repositories, transfer: transfer,
            settings: AWSSettings.load(environment: environment),
            credentials: CredentialChain.standard(environment: environment, transfer: transfer))
        installer.parallelFetches = configuration.maximumParallel
        // All that comes now takes memory of its own.
        StartPages.giveBack()
        return PackageTools(
            installer: installer, policy: try files.policy(configuration),
            assumed: options.assumed + (cluster?.assume ?? []),
            notes: configuration.notes + configuration.refusals.map { "\($0)" })
    }

    /// The cluster file's come first, since they are the ones that are locked.
    private static func repositories(
        _ options: PackageOptions, _ configuration: DNFConfiguration, _ cluster: ClusterFile?
    ) throws -> [PackageInstall.Repository] {
        // A file that was named must do; of the image's own, dnf too goes on with the rest.
        if let refusal = configuration.refusals.first,
            !options.repositories.isEmpty || configuration.repositories.isEmpty
        {
            throw refusal
        }
        let named = options.urls.map { url in
            PackageInstall.Repository(
                id: url, url: url, keyPaths: options.keys,
                checksMetadataSignature: !options.skipsMetadataSignature)
        }
        let own = (cluster?.repositories ?? []).map {
            PackageInstall.Repository($0, root: options.absoluteRoot)
        }
        let taken = Set(own.map(\.id))
        return named + own + configuration.repositories.filter { !taken.contains($0.id) }
    }

    private static func clusterFile(_ root: String) -> ClusterFile? {
        let path = "/etc/howdah/cluster.yaml"
        guard let bytes = try? Files(root: root).readIfPresent(path) else { return nil }
        return try? ClusterFile.parse(bytes, file: path)
    }

    func tell(_ more: [String] = []) {
        for note in notes + more { Self.tell("howdah-node: note: \(note)") }
    }

    static func tell(_ line: String) {
        let bytes = Array("\(line)\n".utf8)
        _ = bytes.withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }

    /// Where somebody watches.
    static let progress: @Sendable (InstallProgress) -> Void = { step in
        if case .note = step { return }
        guard isatty(STDERR_FILENO) == 1 else { return }
        tell("\(step)")
    }
}

extension PackageInstall.Repository {
    init(_ repository: Cluster.Repository, root: String) {
        let below = root == "/" ? "" : root
        self.init(
            id: repository.id, url: repository.baseURL,
            keyPaths: repository.keyPath.map { [below + $0] } ?? [],
            fingerprints: repository.fingerprints,
            checksMetadataSignature: repository.checksMetadata)
    }
}
