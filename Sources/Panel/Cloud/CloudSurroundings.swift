internal import AWS
internal import Foundation
internal import Transfer

/// Endpoints, credentials and proxies, from where the AWS tools take them.
struct CloudSurroundings {
    let aws: AWSSettings
    let transfer: TransferClient
    private let environment: [String: String]

    init(region: String) {
        environment = ProcessInfo.processInfo.environment
        transfer = TransferClient(.init(environment: environment))
        var aws = AWSSettings.load(environment: environment)
        aws.region = region
        self.aws = aws
    }

    func ec2() throws -> EC2Client {
        try EC2Client(
            settings: aws,
            credentials: CredentialChain.standard(environment: environment, transfer: transfer),
            transfer: transfer)
    }
}
