internal import Host

/// What the lab puts into an instance before its first power-on, as EC2 would by DHCP and DNS:
/// where its services are. All else comes from the image.
struct ContainerSeed: Codable, Sendable, Equatable {
    static let panelName = "panel.howdah.internal"
    static let loadFolder = "/var/lib/lxcfs"
    static let loadUnit = "howdah-lab-load.service"
    private static let units = "/etc/systemd/system"

    var serviceAddress: String
    /// Environment variables that tell an EC2-compatible cloud's addresses.
    var variables: [String: String]

    init(_ lab: Lab) {
        serviceAddress = lab.serviceAddress
        variables = [
            "AWS_ENDPOINT_URL_S3": lab.inside.s3, "AWS_ENDPOINT_URL_STS": lab.inside.s3,
            "AWS_REGION": lab.region,
        ]
    }

    /// Writes it below the instance's root.
    func write(to files: Files) throws {
        try files.makeDirectory("/etc/howdah")
        try files.write(hosts, to: "/etc/hosts")
        try files.write(
            environment(java: Self.java(files)), to: "/etc/howdah/environment")
        let wanted = "\(Self.units)/sysinit.target.wants"
        try files.makeDirectory(wanted)
        try files.write(Self.load, to: "\(Self.units)/\(Self.loadUnit)")
        try files.symlink("\(wanted)/\(Self.loadUnit)", to: "../\(Self.loadUnit)")
    }

    var hosts: String { "127.0.0.1 localhost\n\(serviceAddress) \(Self.panelName)\n" }

    /// As systemd's EnvironmentFile= has it.
    func environment(java: String?) -> String {
        var variables = variables
        variables["JAVA_HOME"] = java
        return variables.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)\n" }.joined()
    }

    /// Where Debian and Enterprise Linux have a Java; the last in the order of names.
    static func java(_ files: Files) -> String? {
        let folder = "/usr/lib/jvm"
        let names = (try? files.list(folder)) ?? []
        return names.last { name in
            let isLink = try? files.linkTarget("\(folder)/\(name)") != nil
            return isLink != true && files.exists("\(folder)/\(name)/bin/java")
        }.map { "\(folder)/\($0)" }
    }

    /// Load, memory and time since the start are the machine's, unless lxcfs shows the container's.
    /// systemd-nspawn cannot bind a file over one of /proc, so the instance does it, before
    /// anything else starts.
    static let load = """
        [Unit]
        Description=Show this instance's own load and memory
        DefaultDependencies=no
        Before=sysinit.target
        ConditionPathExists=\(loadFolder)/proc/loadavg

        [Service]
        Type=oneshot
        RemainAfterExit=yes
        ExecStart=/bin/sh -c 'for f in loadavg uptime meminfo stat cpuinfo; do \
        mount --bind \(loadFolder)/proc/$$f /proc/$$f; done'

        """
}
