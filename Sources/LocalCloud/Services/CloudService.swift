internal import Host

/// moto as EC2 and IAM.
struct CloudService: Sendable {
    static let name = "moto"

    let folder: StateFolder
    let lab: Lab
    let tools: Tools

    func start() throws {
        let base = "\(StateFolder.services)/moto"
        try folder.files.makeDirectory(base, mode: 0o700)
        try OwnedProcesses(folder: folder, lab: lab, tools: tools).start(
            Self.name, tools.moto,
            ["-H", lab.serviceAddress, "-p", String(lab.ports.ec2)],
            environment: [
                "MOTO_ACCOUNT_ID": Lab.account, "HOME": folder.inside(base),
                "PYTHONDONTWRITEBYTECODE": "1",
            ],
            namespace: lab.switchNamespace)
    }
}
