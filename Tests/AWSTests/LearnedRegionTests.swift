import Support
import Testing
import Transfer

@testable import AWS

@Suite struct LearnedRegionTests {
    /// Calls that were under way at once each hear of it; that one of them knew first is no reason
    /// for the others to give up.
    @Test func `a region that another call learned in between is taken`() throws {
        let client = try S3Client(
            settings: AWSSettings(region: "eu-west-1"),
            credentials: StaticCredentials(Credentials(accessKeyID: "K", secretAccessKey: "S")),
            transfer: impatientClient())
        let call = client.call("GetObject", "GET", S3Location(bucket: "bucket", key: "k"))
        client.caller.learned.set(region: "eu-central-1", of: "bucket")
        var error = ServiceError(
            service: "s3", operation: "GetObject", status: 301, code: "PermanentRedirect",
            message: "", requestID: nil, region: "eu-central-1", endpoint: "", bucket: "bucket",
            key: "k", accessKeyID: "K", attempts: 1)
        error.bucketRegion = "eu-central-1"
        #expect(client.caller.learn(call, error, asked: "eu-west-1"))
        #expect(!client.caller.learn(call, error, asked: "eu-central-1"))
    }
}
