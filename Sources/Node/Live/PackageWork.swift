internal import AWS
internal import Cluster
internal import Host
internal import PackageInstall
internal import Solver
internal import Transfer

/// The role's packages, from the cluster's repositories into the root.
struct PackageWork: Sendable {
    let plan: BootPlan
    let paths: HostPaths
    let log: @Sendable (String) -> Void

    func run(
        transfer: TransferClient, settings: AWSSettings, credentials: any CredentialsProvider
    ) async throws -> StepResult {
        let names = plan.part.packages
        guard !names.isEmpty else { return .unchanged("the role has none") }
        let image = try await image()
        let installer = Installer(
            root: paths.root, repositories: repositories + image.repositories, transfer: transfer,
            settings: settings, credentials: credentials)
        var request = InstallRequest(names: names, assumed: plan.cluster.assume)
        request.policy = image.policy
        let outcome = try await installer.install(request) { [log] in log("packages: \($0)") }
        guard !outcome.isUnchanged else {
            return .unchanged("\(names.joined(separator: ", ")) were there")
        }
        let changed = outcome.installed + outcome.upgraded.map(\.to)
        return .done("\(changed.joined(separator: ", ")); \(outcome.fetchedBytes) bytes fetched")
    }

    /// What the image's own files say, where the cluster file lets them.
    private func image() async throws -> ImageFiles {
        guard plan.cluster.imageRepositories else { return ImageFiles() }
        let files = DNFFiles(root: paths.root, environment: [:])
        let configuration = try await files.configuration()
        for note in configuration.notes + configuration.refusals.map({ "\($0)" }) {
            log("packages: \(note)")
        }
        var image = ImageFiles()
        image.policy = try files.policy(configuration)
        // What cannot be verified could not be installed, and would stop the boot.
        let taken = Set(plan.cluster.repositories.map(\.id))
        image.repositories = configuration.repositories.filter { repository in
            if repository.keys.isEmpty {
                log("packages: repository '\(repository.id)' is left out: it has no gpgkey")
            }
            return !repository.keys.isEmpty && !taken.contains(repository.id)
        }
        return image
    }

    private struct ImageFiles {
        var repositories: [PackageInstall.Repository] = []
        var policy = SolverPolicy()
    }

    var repositories: [PackageInstall.Repository] {
        plan.cluster.repositories.map { repository in
            PackageInstall.Repository(
                id: repository.id, url: repository.baseURL,
                keyPaths: repository.keyPath.map { [paths.inside($0)] } ?? [],
                fingerprints: repository.fingerprints,
                checksMetadataSignature: repository.checksMetadata)
        }
    }
}
