internal import Foundation

/// The panel's own IAM policy: what it needs of EC2, for what is the clusters' own alone.
///
/// Which resource and condition an action takes is in the Service Authorization Reference,
/// "Actions, resources, and condition keys for Amazon EC2".
public enum PanelPolicy {
    struct Document: Encodable {
        var Version = "2012-10-17"
        var Statement: [Statement]
    }

    struct Statement: Encodable {
        var Sid: String
        var Effect = "Allow"
        var Action: [String]
        var Resource: [String]
        var Condition: [String: [String: Values]]?
    }

    /// As policies are written by hand: one value is no list.
    struct Values: Encodable, ExpressibleByArrayLiteral {
        var texts: [String]

        init(_ texts: [String]) { self.texts = texts }

        init(arrayLiteral texts: String...) { self.texts = texts }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            if texts.count == 1 {
                try container.encode(texts[0])
            } else {
                try container.encode(texts)
            }
        }
    }

    /// As JSON, for `aws iam put-role-policy` or a console. `partition` is `aws`, `aws-cn` or
    /// `aws-us-gov`.
    public static func text(
        _ settings: PanelSettings, partition: String = "aws"
    ) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        let document = Document(Statement: statements(settings, Names(settings, partition)))
        return String(decoding: try encoder.encode(document), as: UTF8.self)
    }

    /// ARNs of the panel's region and account.
    struct Names {
        let region: String
        let account: String
        let partition: String

        init(_ settings: PanelSettings, _ partition: String) {
            region = settings.region
            account = settings.account
            self.partition = partition
        }

        func ec2(_ resource: String) -> String {
            "arn:\(partition):ec2:\(region):\(account):\(resource)"
        }

        /// Of what Amazon, or the account, may own.
        func anybodys(_ resource: String) -> String {
            "arn:\(partition):ec2:\(region)::\(resource)"
        }

        /// STS does not say of a role which path it has: with one and without.
        func role(_ name: String) -> [String] {
            ["\(name)", "*/\(name)"].map { "arn:\(partition):iam::\(account):role/\($0)" }
        }
    }

    private static func statements(_ settings: PanelSettings, _ names: Names) -> [Statement] {
        let clusters = Values(settings.clusters.map(\.name))
        let ours: [String: [String: Values]] = [
            "StringEquals": ["aws:ResourceTag/\(Enroller.clusterTag)": clusters]
        ]
        let made: [String: [String: Values]] = [
            "StringEquals": ["aws:RequestTag/\(Enroller.clusterTag)": clusters]
        ]
        var list = [
            Statement(
                Sid: "Look",
                Action: [
                    "ec2:DescribeAvailabilityZones", "ec2:DescribeInstances",
                    "ec2:DescribeSnapshots", "ec2:DescribeVolumes",
                ], Resource: ["*"]),
            Statement(
                Sid: "LookWhetherItsInstancesMayEnd",
                Action: ["ec2:DescribeInstanceAttribute"],
                Resource: [names.ec2("instance/*")], Condition: ours),
            Statement(
                Sid: "MakeVolumes", Action: ["ec2:CreateVolume"],
                Resource: [names.ec2("volume/*")], Condition: made),
            Statement(
                Sid: "TagWhatItMakes", Action: ["ec2:CreateTags"],
                Resource: [
                    names.ec2("volume/*"), names.ec2("instance/*"), names.anybodys("snapshot/*"),
                ],
                Condition: [
                    "StringEquals": [
                        "ec2:CreateAction": ["CreateVolume", "CreateSnapshot", "RunInstances"],
                        "aws:RequestTag/\(Enroller.clusterTag)": clusters,
                    ]
                ]),
            Statement(
                Sid: "TagItsVolumes", Action: ["ec2:CreateTags"],
                Resource: [names.ec2("volume/*")],
                Condition: [
                    "StringEquals": ours["StringEquals"] ?? [:],
                    "ForAllValues:StringEquals": ["aws:TagKeys": [ClaimSteps.setAsideTag]],
                ]),
            Statement(
                Sid: "AttachAndDetach", Action: ["ec2:AttachVolume", "ec2:DetachVolume"],
                Resource: [names.ec2("volume/*"), names.ec2("instance/*")], Condition: ours),
            Statement(
                Sid: "EndWhatIsTheClusters",
                Action: ["ec2:DeleteVolume", "ec2:TerminateInstances"],
                Resource: [names.ec2("volume/*"), names.ec2("instance/*")], Condition: ours),
            Statement(
                Sid: "CopyItsVolumes", Action: ["ec2:CreateSnapshot"],
                Resource: [names.ec2("volume/*")], Condition: ours),
            Statement(
                Sid: "MakeCopies", Action: ["ec2:CreateSnapshot"],
                Resource: [names.anybodys("snapshot/*")], Condition: made),
        ]
        list += launches(settings, names)
        return list
    }

    /// From the named templates alone: whatever an instance is made of must come from there.
    private static func launches(_ settings: PanelSettings, _ names: Names) -> [Statement] {
        let launching = settings.clusters.filter { !$0.launch.isEmpty }
        guard !launching.isEmpty else { return [] }
        let templates = launching.flatMap { cluster in
            cluster.launch.keys.sorted().map { cluster.template(of: $0) }
        }
        let roles = launching.flatMap { cluster in
            cluster.roles.filter { cluster.launch[$0.value] != nil }.map(\.key)
        }
        let fromTemplate: [String: [String: Values]] = [
            "Bool": ["ec2:IsLaunchTemplateResource": ["true"]]
        ]
        return [
            Statement(
                Sid: "LaunchTagged", Action: ["ec2:RunInstances"],
                Resource: [names.ec2("instance/*")],
                Condition: [
                    "StringEquals": [
                        "aws:RequestTag/\(Enroller.clusterTag)": Values(launching.map(\.name)),
                        "ec2:MetadataHttpTokens": ["required"],
                    ],
                    "ArnLike": ["ec2:LaunchTemplate": [names.ec2("launch-template/*")]],
                ]),
            Statement(
                Sid: "LaunchFromTemplates", Action: ["ec2:RunInstances"],
                Resource: [names.ec2("launch-template/*")],
                Condition: ["StringEquals": ["aws:ResourceTag/Name": Values(templates)]]),
            Statement(
                Sid: "LaunchWithWhatTemplatesName", Action: ["ec2:RunInstances"],
                Resource: [
                    names.anybodys("image/*"), names.ec2("key-pair/*"),
                    names.ec2("security-group/*"),
                ], Condition: fromTemplate),
            Statement(
                Sid: "LaunchIntoSubnets", Action: ["ec2:RunInstances"],
                Resource: [
                    names.ec2("network-interface/*"), names.ec2("subnet/*"),
                    names.ec2("volume/*"),
                ],
                Condition: ["ArnLike": ["ec2:LaunchTemplate": [names.ec2("launch-template/*")]]]),
            Statement(
                Sid: "GiveInstancesTheirRoles", Action: ["iam:PassRole"],
                Resource: Set(roles).sorted().flatMap(names.role),
                Condition: ["StringEquals": ["iam:PassedToService": ["ec2.amazonaws.com"]]]),
        ]
    }
}
