internal import Host
internal import Transfer

/// Fills an empty moto: users with policies of their own, instance profiles, a subnet. Then
/// switches its authorisation on: from there on unsigned and unpermitted calls are refused.
struct CloudSetup: Sendable {
    let lab: Lab
    let endpoint: String
    let transfer: TransferClient

    /// What `run` made.
    struct Result: Codable, Sendable, Equatable {
        var subnet: String
        var vpc: String
    }

    static let panelActions = [
        "ec2:Describe*", "ec2:CreateVolume", "ec2:AttachVolume", "ec2:DetachVolume",
        "ec2:CreateTags", "ec2:RunInstances", "ec2:TerminateInstances", "ec2:CreateSnapshot",
        "ec2:DeleteVolume", "iam:PassRole",
    ]

    func run(_ secrets: inout LabSecrets) async throws -> Result {
        secrets.operatorKey = try await user("operator", ["ec2:*", "iam:PassRole"])
        secrets.panelKey = try await user("panel", Self.panelActions)
        secrets.hypervisorKey = try await user(
            "hypervisor", ["ec2:Describe*", "ec2:StopInstances"])
        for role in [Lab.masterRole, Lab.slaveRole] { try await profile(role) }
        let vpc = try await ec2(["Action": "CreateVpc", "CidrBlock": lab.subnet], "vpcId")
        let subnet = try await ec2(
            [
                "Action": "CreateSubnet", "VpcId": vpc, "CidrBlock": lab.subnet,
                "AvailabilityZone": lab.zone,
            ], "subnetId")
        try await switchAuthorisationOn()
        return Result(subnet: subnet, vpc: vpc)
    }

    private func user(_ name: String, _ actions: [String]) async throws -> LabSecrets.Key {
        try await iam(["Action": "CreateUser", "UserName": name])
        let list = actions.map { "\"\($0)\"" }.joined(separator: ",")
        let policy = """
            {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":[\(list)],\
            "Resource":"*"}]}
            """
        try await iam([
            "Action": "PutUserPolicy", "UserName": name, "PolicyName": name,
            "PolicyDocument": policy,
        ])
        let answer = try await iam(["Action": "CreateAccessKey", "UserName": name])
        return LabSecrets.Key(
            id: try element("AccessKeyId", of: answer),
            secret: try element("SecretAccessKey", of: answer))
    }

    private func profile(_ role: String) async throws {
        let trust = """
            {"Version":"2012-10-17","Statement":[{"Effect":"Allow",\
            "Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}]}
            """
        try await iam([
            "Action": "CreateRole", "RoleName": role, "AssumeRolePolicyDocument": trust,
        ])
        try await iam(["Action": "CreateInstanceProfile", "InstanceProfileName": role])
        try await iam([
            "Action": "AddRoleToInstanceProfile", "InstanceProfileName": role, "RoleName": role,
        ])
    }

    private func switchAuthorisationOn() async throws {
        let answer = try await transfer.send(
            HTTPRequest(
                "POST", endpoint + "/moto-api/reset-auth", headers: ["Content-Type": "text/plain"],
                body: .bytes(Array("0".utf8)), proxyBypass: true))
        guard answer.isSuccess else {
            throw LabError("moto did not switch its authorisation on: status \(answer.status)")
        }
    }

    @discardableResult
    private func iam(_ parameters: [String: String]) async throws -> String {
        try await query("iam", "2010-05-08", parameters)
    }

    private func ec2(_ parameters: [String: String], _ result: String) async throws -> String {
        try element(result, of: try await query("ec2", "2016-11-15", parameters))
    }

    /// moto takes service and region from the credential's scope; before its authorisation is on,
    /// it does not look at the signature.
    private func query(
        _ service: String, _ version: String, _ parameters: [String: String]
    ) async throws -> String {
        let scope = "lab/20260101/\(lab.region)/\(service)/aws4_request"
        let form = (parameters.map { ($0, $1) } + [("Version", version)]).map {
            "\(FormEncoding.encode($0))=\(FormEncoding.encode($1))"
        }.joined(separator: "&")
        let answer = try await transfer.send(
            HTTPRequest(
                "POST", endpoint + "/",
                headers: [
                    "Authorization": "AWS4-HMAC-SHA256 Credential=\(scope), "
                        + "SignedHeaders=host, Signature=0",
                    "Content-Type": "application/x-www-form-urlencoded; charset=utf-8",
                ],
                body: .bytes(Array(form.utf8)), proxyBypass: true))
        guard answer.isSuccess else {
            throw LabError(
                "moto refused '\(parameters["Action"] ?? "")': status \(answer.status), "
                    + "'\(answer.text.prefix(200))'")
        }
        return answer.text
    }

    private func element(_ name: String, of xml: String) throws -> String {
        let parts = xml.split(separator: "<\(name)>", maxSplits: 1)
        guard parts.count == 2, let end = parts[1].firstRange(of: "</\(name)>") else {
            throw LabError("moto's answer has no '\(name)'")
        }
        return String(parts[1][..<end.lowerBound])
    }
}
