import Host
import PanelAPI
import Support
import Testing

@testable import Panel

/// What `howdah-panel policy` prints, tried on a policy engine: PMapper's simulation, and on
/// parliament, which knows the actions, resources and condition keys that AWS has.
@Suite(.enabled(if: PythonEnvironment.program("python") != nil, "needs scripts/setup's Python"))
struct PolicyTests {
    struct Question: Sendable {
        let allowed: Bool
        let action: String
        let resource: String
        let context: String

        init(_ allowed: Bool, _ action: String, _ resource: String, _ context: String = "") {
            self.allowed = allowed
            self.action = action
            self.resource = resource
            self.context = context
        }

        var line: String {
            #"{"action":"\#(action)","resource":"\#(resource)","context":{\#(context)}}"#
        }
    }

    private static func ec2(_ resource: String, owner: String = Lab.account) -> String {
        "arn:aws:ec2:eu-central-1:\(owner):\(resource)"
    }

    private static let ours = #""aws:ResourceTag/howdah:cluster":"demo""#
    private static let theirs = #""aws:ResourceTag/howdah:cluster":"production""#
    private static let tagged = #""aws:RequestTag/howdah:cluster":"demo""#
    private static let template = #""ec2:LaunchTemplate":"\#(ec2("launch-template/lt-1"))""#
    private static let (instance, volume) = (ec2("instance/i-1"), ec2("volume/vol-1"))

    static let volumes = [
        Question(true, "ec2:DescribeVolumes", "*"),
        Question(true, "ec2:CreateVolume", volume, tagged),
        Question(false, "ec2:CreateVolume", volume),
        Question(true, "ec2:AttachVolume", volume, ours),
        Question(false, "ec2:AttachVolume", volume, theirs),
        Question(false, "ec2:DetachVolume", instance),
        Question(true, "ec2:DeleteVolume", volume, ours),
        Question(false, "ec2:DeleteVolume", volume, theirs),
        Question(false, "ec2:DeleteSnapshot", ec2("snapshot/snap-1", owner: ""), ours),
        Question(true, "ec2:TerminateInstances", instance, ours),
        Question(false, "ec2:TerminateInstances", instance, theirs),
        Question(false, "ec2:StopInstances", instance, ours),
        Question(true, "ec2:CreateTags", volume, #"\#(tagged),"ec2:CreateAction":"CreateVolume""#),
        Question(true, "ec2:CreateTags", volume, #"\#(ours),"aws:TagKeys":"howdah:set-aside""#),
        Question(false, "ec2:CreateTags", volume, #"\#(ours),"aws:TagKeys":"howdah:cluster""#),
        Question(false, "ec2:CreateTags", ec2("launch-template/lt-1"), tagged),
    ]

    static let launches = [
        Question(true, "ec2:RunInstances", ec2("launch-template/lt-1"), named("howdah-demo-slave")),
        Question(
            false, "ec2:RunInstances", ec2("launch-template/lt-1"), named("howdah-demo-master")),
        Question(false, "ec2:RunInstances", ec2("launch-template/lt-1")),
        Question(
            true, "ec2:RunInstances", instance,
            #"\#(tagged),\#(template),"ec2:MetadataHttpTokens":"required""#),
        Question(
            false, "ec2:RunInstances", instance,
            #"\#(tagged),\#(template),"ec2:MetadataHttpTokens":"optional""#),
        Question(
            false, "ec2:RunInstances", instance,
            #"\#(tagged),"ec2:MetadataHttpTokens":"required""#),
        Question(
            true, "ec2:RunInstances", ec2("image/ami-1", owner: ""),
            #""ec2:IsLaunchTemplateResource":"true""#),
        Question(
            false, "ec2:RunInstances", ec2("image/ami-1", owner: ""),
            #""ec2:IsLaunchTemplateResource":"false""#),
        Question(true, "iam:PassRole", role("howdah-slave"), passed),
        Question(true, "iam:PassRole", role("hadoop/howdah-slave"), passed),
        Question(false, "iam:PassRole", role("howdah-master"), passed),
        Question(false, "iam:PassRole", role("Administrator"), passed),
        Question(false, "ec2:CreateLaunchTemplateVersion", ec2("launch-template/lt-1"), ours),
    ]

    private static func named(_ name: String) -> String { #""aws:ResourceTag/Name":"\#(name)""# }
    private static func role(_ name: String) -> String {
        "arn:aws:iam::\(Lab.account):role/\(name)"
    }
    private static let passed = #""iam:PassedToService":"ec2.amazonaws.com""#

    private static func settings(launches: Bool) -> PanelSettings {
        var settings = Lab(directory: "/nowhere").settings
        guard launches else { return settings }
        settings.clusters[0].launch["slave"] = LaunchSettings(
            imageID: "ami-1", instanceType: "m7i.large", profile: "howdah-slave",
            securityGroupIDs: [], subnetIDs: [], keyName: nil, market: .onDemand)
        return settings
    }

    private static func answers(
        _ policy: String, _ questions: [Question]
    ) async throws -> Command.Output {
        let python = try #require(PythonEnvironment.program("python"))
        return try await withTemporaryDirectory { directory in
            try Files().write(policy, to: "\(directory)/policy.json")
            try Files().write(
                questions.map(\.line).joined(separator: "\n"), to: "\(directory)/asked")
            return try await Command.run(
                "sh",
                [
                    "-c", #"exec "$0" "$1" "$2" < "$3""#, python,
                    "\(Checkout.root)/Tests/Scripts/policy-check.py",
                    "\(directory)/policy.json", "\(directory)/asked",
                ], mayFail: true)
        }
    }

    @Test func `allows what the panel does, and nothing beside it`() async throws {
        let questions = Self.volumes + Self.launches
        let policy = try PanelPolicy.text(Self.settings(launches: true))
        let answers = try await Self.answers(policy, questions)
        #expect(answers.exitCode == 0, "\(answers.errors)")
        let lines = answers.output.split(separator: "\n")
        try #require(lines.count == questions.count)
        for (question, line) in zip(questions, lines) {
            #expect(
                line == (question.allowed ? "allowed" : "denied"),
                "\(question.action) \(question.resource) \(question.context)")
        }
    }

    @Test func `without launches in panel.yaml nothing is launched`() async throws {
        let policy = try PanelPolicy.text(Self.settings(launches: false))
        let answers = try await Self.answers(policy, Self.launches)
        #expect(answers.exitCode == 0, "\(answers.errors)")
        #expect(answers.output.split(separator: "\n").allSatisfy { $0 == "denied" })
    }
}
