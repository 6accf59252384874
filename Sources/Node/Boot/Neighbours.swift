internal import Cluster
internal import ConfigFiles
internal import Host
internal import PanelAPI

/// Keeps the node's hosts file in step with the cluster's members.
struct Neighbours: Sendable {
    static let hostsPath = "/etc/hosts"
    static let hostNamePath = "/etc/hostname"

    let files: Files

    /// Writes the block; false if it was right already.
    func write(members: [Member], master: MasterRecord) throws -> Bool {
        let text = try files.textIfPresent(Self.hostsPath) ?? "127.0.0.1 localhost\n"
        let entries = Self.entries(members: members, master: master)
        let updated = try HostsFile.replacingBlock(in: text, with: entries)
        return try files.writeIfChanged(updated, to: Self.hostsPath)
    }

    /// One line an address, the master's first under the name by which all know it. Deciding only.
    static func entries(members: [Member], master: MasterRecord) -> [HostsFile.Entry] {
        var masterNames = [BootPlan.masterName]
        let own = members.first { $0.address == master.address }
        for name in [own?.name, master.hostname].compactMap(\.self)
        where !masterNames.contains(name) { masterNames.append(name) }
        var entries = [HostsFile.Entry(address: master.address, names: masterNames)]
        var taken = Set(masterNames)
        for member in members.sorted(by: { $0.name < $1.name })
        where member.address != master.address {
            let names = [member.name, member.hostname].filter { taken.insert($0).inserted }
            guard !names.isEmpty else { continue }
            entries.append(HostsFile.Entry(address: member.address, names: names))
        }
        return entries
    }
}
