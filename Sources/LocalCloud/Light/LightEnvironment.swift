/// What a light instance's node program, and so its daemons, find in their environment.
struct LightEnvironment: Sendable {
    let lab: Lab
    let address: String
    let root: String

    func variables(path: String, mark: String) -> [String: String] {
        var variables = [
            "AWS_ENDPOINT_URL_S3": lab.inside.s3, "AWS_ENDPOINT_URL_STS": lab.inside.s3,
            "AWS_REGION": lab.region, "HOWDAH_LIGHT": "1", "PATH": path, "LANG": "C.UTF-8",
            "HOME": root + "/root", Mark.variable: mark,
        ]
        if lab.isolation == .loopback {
            let metadata = "\(lab.metadataAddress(of: address)):\(lab.ports.metadata)"
            variables["AWS_EC2_METADATA_SERVICE_ENDPOINT"] = "http://\(metadata)"
            variables["HOWDAH_PLAIN_MOUNTS"] = "1"
        }
        variables["JAVA_HOME"] = ProcessEnvironment.current["JAVA_HOME"]
        return variables
    }
}
