internal import AWS
internal import Cluster
internal import Host
internal import PackageInstall
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
        let installer = Installer(
            root: paths.root, repositories: repositories, transfer: transfer,
            settings: settings, credentials: credentials)
        let outcome = try await installer.install(
            InstallRequest(names: names, assumed: plan.cluster.assume)
        ) { [log] in log("packages: \($0)") }
        guard !outcome.isUnchanged else {
            return .unchanged("\(names.joined(separator: ", ")) were there")
        }
        let changed = outcome.installed + outcome.upgraded.map(\.to)
        return .done("\(changed.joined(separator: ", ")); \(outcome.fetchedBytes) bytes fetched")
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
