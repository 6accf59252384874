public import AWS

/// The launch templates that `panel.yaml` speaks of, made by an administrator: the panel itself may
/// start instances of them and not change them.
public struct LaunchTemplates: Sendable {
    /// What became of one.
    public enum Outcome: String, Sendable {
        case unchanged, created, renewed
        case wouldCreate = "would be created"
        case wouldRenew = "would be renewed"
    }

    let settings: PanelSettings
    let client: EC2Client

    public init(settings: PanelSettings, client: EC2Client) {
        self.settings = settings
        self.client = client
    }

    /// With the credentials and endpoints that the AWS tools would take.
    public static func live(_ settings: PanelSettings) throws -> LaunchTemplates {
        LaunchTemplates(
            settings: settings, client: try CloudSurroundings(region: settings.region).ec2())
    }

    /// Makes those that are missing, and gives those that differ a new version; by name.
    public func make(dryRun: Bool) async throws -> [(name: String, outcome: Outcome)] {
        var outcomes: [(name: String, outcome: Outcome)] = []
        for cluster in settings.clusters {
            for role in cluster.launch.keys.sorted() {
                guard let launch = cluster.launch[role] else { continue }
                let name = cluster.template(of: role)
                let outcome = try await make(
                    name, launch.template, cluster: cluster.name, dryRun: dryRun)
                outcomes.append((name, outcome))
            }
        }
        return outcomes
    }

    private func make(
        _ name: String, _ template: EC2LaunchTemplate, cluster: String, dryRun: Bool
    ) async throws -> Outcome {
        guard let known = try await client.launchTemplate(name) else {
            if dryRun { return .wouldCreate }
            try await client.createLaunchTemplate(
                name, template, tags: ["Name": name, Enroller.clusterTag: cluster])
            return .created
        }
        if template.isMet(by: known) { return .unchanged }
        if dryRun { return .wouldRenew }
        try await client.replaceLaunchTemplate(name, template)
        return .renewed
    }
}

extension LaunchSettings {
    var template: EC2LaunchTemplate {
        EC2LaunchTemplate(
            imageID: imageID, instanceType: instanceType, instanceProfileName: profile,
            securityGroupIDs: securityGroupIDs, keyName: keyName)
    }
}
