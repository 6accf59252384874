public import AWS

/// Whether the metadata service tells what a node needs, and nobody more than it should.
public enum MetadataCheck {
    static let check = "metadata"

    public static func finding(facts: InstanceFacts, endpoint: String) -> [Finding] {
        let what = "\(facts.instanceID), \(facts.instanceType), \(facts.availabilityZone)"
        var findings: [Finding] = [.fine(check, "'\(endpoint)' answers: \(what)")]
        if facts.tags == nil {
            findings.append(
                .warning(
                    check, "tags are off, and with them the tag of the role",
                    remedy:
                        "turn InstanceMetadataTags on, or have the role from the IAM role's name"
                ))
        }
        return findings
    }

    /// Of an instance that needs a role and has none.
    public static let noRole = Finding.wrong(
        check, "the instance has no role",
        remedy: "attach an instance profile; the node proves who it is with it")

    public static func failure(_ error: any Error) -> Finding {
        .wrong(
            check, "\(error)",
            remedy: "see the instance's metadata options (HttpEndpoint), the route to the address, "
                + "and in a container the hop limit")
    }

    /// `isOpen`: it answers who has no token.
    public static func finding(isOpen: Bool?) -> Finding? {
        switch isOpen {
        case true?:
            .warning(
                check, "version 1 answers without a token",
                remedy: "set HttpTokens=required: a program that can be made to fetch a URL "
                    + "gives the role's credentials away")
        case false?: .fine(check, "version 1 is off")
        case nil: nil
        }
    }

    static func finding(_ options: EC2MetadataOptions) -> Finding? {
        guard let hops = options.hopLimit else { return nil }
        guard hops > 1 else { return .fine(check, "the hop limit is \(hops)") }
        return .warning(
            check, "the hop limit is \(hops): containers on the instance reach the service",
            remedy: "set HttpPutResponseHopLimit=1, unless they are meant to have the role")
    }
}
