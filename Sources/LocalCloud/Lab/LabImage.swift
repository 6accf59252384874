internal import Host

/// What is baked into every instance of a light lab: the cluster file, the stacks and the key. The
/// same for all, without credentials or addresses of their own.
struct LabImage: Sendable {
    static let keyFolder = "/etc/pki/rpm-gpg"
    static let keyName = "RPM-GPG-KEY-howdah"

    let plan: LabPlan
    let lab: Lab

    func make() throws {
        let files = plan.folder.files
        let base = StateFolder.image
        try files.makeDirectory("\(base)/etc/howdah")
        try files.makeDirectory("\(base)/usr/share/howdah/stacks")
        try files.makeDirectory(base + Self.keyFolder)
        let machine = Files()
        let text = try machine.text(absolute(plan.clusterFile))
        try files.write(
            Self.adapted(text, lab), to: "\(base)/etc/howdah/cluster.yaml", mode: 0o644)
        let stacks = absolute(plan.stacks)
        for name in try machine.list(stacks) where name.hasSuffix(".yaml") {
            let bytes = try machine.read("\(stacks)/\(name)")
            try files.write(bytes, to: "\(base)/usr/share/howdah/stacks/\(name)", mode: 0o644)
        }
        if let key = plan.key {
            try files.write(
                try machine.read(absolute(key)), to: "\(base)\(Self.keyFolder)/\(Self.keyName)",
                mode: 0o644)
        }
    }

    /// The file with the lab's own panel; everything else is as it was written.
    static func adapted(_ text: String, _ lab: Lab) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            line.hasPrefix("panel:") ? "panel: \(lab.inside.panel)" : String(line)
        }.joined(separator: "\n")
    }

    private func absolute(_ path: String) -> String {
        AbsolutePath.of(path)
    }
}
