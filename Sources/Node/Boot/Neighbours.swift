internal import Cluster
internal import ConfigFiles
internal import Host
internal import PanelAPI

/// Keeps the node's hosts file in step with the cluster's members.
struct Neighbours: Sendable {
    static let hostsPath = "/etc/hosts"
    static let hostNamePath = "/etc/hostname"

    let files: Files
    /// The cluster is one of light instances on 127.0.0.0/8.
    let isOnLoopback: Bool

    /// `address` is the node's own.
    init(_ world: NodeWorld, address: String) {
        files = world.paths.files
        isOnLoopback = world.isLight && address.hasPrefix("127.")
    }

    /// Writes the block; false if it was right already.
    func write(members: [Member], master: MasterRecord) throws -> Bool {
        let text = try files.textIfPresent(Self.hostsPath) ?? "127.0.0.1 localhost\n"
        let entries = Self.entries(members: members, master: master)
        let updated = try HostsFile.replacingBlock(
            in: text, with: entries, allowsLoopback: isOnLoopback)
        return try files.writeIfChanged(updated, to: Self.hostsPath)
    }

    /// One line an address, the master's first under the name by which all know it. A name of the
    /// cluster never stands for a node that only has it as its host name, and a host name that is
    /// not the address in EC2's form is left out: it could stand for any other. Deciding only.
    static func entries(members: [Member], master: MasterRecord) -> [HostsFile.Entry] {
        var taken = Set(members.map(\.name)).union([BootPlan.masterName])
        func free(_ hostname: String, _ address: String) -> [String] {
            isEC2Name(hostname, of: address) && taken.insert(hostname).inserted ? [hostname] : []
        }
        let own = members.first { $0.address == master.address }?.name
        let ownNames = own.map { $0 == BootPlan.masterName ? [] : [$0] } ?? []
        let masterNames = [BootPlan.masterName] + ownNames + free(master.hostname, master.address)
        var entries = [HostsFile.Entry(address: master.address, names: masterNames)]
        var given = Set(masterNames)
        for member in members.sorted(by: { ($0.name, $0.address) < ($1.name, $1.address) })
        where member.address != master.address {
            let name = given.insert(member.name).inserted ? [member.name] : []
            let names = name + free(member.hostname, member.address)
            guard !names.isEmpty else { continue }
            entries.append(HostsFile.Entry(address: member.address, names: names))
        }
        return entries
    }

    /// `ip-10-0-0-1`, alone or under EC2's private domains (EC2 user guide, "EC2 instance
    /// hostnames and domains"): `.ec2.internal`, `.REGION.compute.internal`.
    static func isEC2Name(_ hostname: String, of address: String) -> Bool {
        let label = "ip-" + address.split(separator: ".").joined(separator: "-")
        return hostname == label
            || hostname.hasPrefix(label + ".") && hostname.hasSuffix(".internal")
    }
}
