internal import ArgumentParser
internal import Panel

struct Policy: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Print the IAM policy that the panel's own role needs, and no more.",
        discussion: """
            It names the launch templates, the clusters' tag and the roles of 'panel.yaml'; print it
            again when they change.

            Example:
              howdah-panel policy > policy.json
              aws iam put-role-policy --role-name howdah-panel --policy-name panel \\
                --policy-document file://policy.json
            """)

    @Option(help: "The panel's settings.")
    var config = "/etc/howdah-panel/panel.yaml"

    @Option(help: "The AWS partition: aws, aws-cn or aws-us-gov.")
    var partition = "aws"

    func validate() throws {
        guard ["aws", "aws-cn", "aws-us-gov"].contains(partition) else {
            throw ValidationError("--partition is aws, aws-cn or aws-us-gov")
        }
    }

    func run() throws {
        print(try PanelPolicy.text(try PanelSettings.load(config), partition: partition))
    }
}

struct Templates: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Make or renew the launch templates that 'launch:' of panel.yaml speaks of.",
        discussion: """
            Run it with an administrator's credentials: the panel's own may start instances of the
            templates and not change them.

            Example:
              AWS_PROFILE=admin howdah-panel templates --dry-run
            """)

    @Option(help: "The panel's settings.")
    var config = "/etc/howdah-panel/panel.yaml"

    @Flag(help: "Say what would be done, and do none of it.")
    var dryRun = false

    func run() async throws {
        let settings = try PanelSettings.load(config)
        let outcomes = try await LaunchTemplates.live(settings).make(dryRun: dryRun)
        if outcomes.isEmpty { print("'\(config)' has no 'launch:' for any role") }
        for (name, outcome) in outcomes { print("\(name): \(outcome.rawValue)") }
    }
}
