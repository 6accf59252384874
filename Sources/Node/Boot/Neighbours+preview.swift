internal import ConfigFiles
internal import Host

extension Neighbours {
    /// The master's address by the block of a hosts file; nil if there is none.
    static func master(in text: String) -> String? {
        block(of: text).first { $0.names.contains(BootPlan.masterName) }?.address
    }

    /// The hosts file of a master, as far as it knows it by itself: the others' lines as they are.
    func text(from old: String?, ownAddress: String) throws -> String {
        let old = old ?? "127.0.0.1 localhost\n"
        var entries = Self.block(of: old)
        if entries.first(where: { $0.address == ownAddress })?.names.first != BootPlan.masterName {
            entries = entries.compactMap { entry in
                let names = entry.names.filter { $0 != BootPlan.masterName }
                return names.isEmpty || entry.address == ownAddress
                    ? nil : HostsFile.Entry(address: entry.address, names: names)
            }
            let own = HostsFile.Entry(address: ownAddress, names: [BootPlan.masterName])
            entries.insert(own, at: 0)
        }
        return try HostsFile.replacingBlock(
            in: old, with: entries, allowsLoopback: isOnLoopback)
    }

    private static func block(of text: String) -> [HostsFile.Entry] {
        let lines = text.split(separator: "\n").drop { !$0.hasPrefix(HostsFile.begin) }
        return lines.dropFirst().prefix { !$0.hasPrefix(HostsFile.end) }.compactMap { line in
            let words = line.split(whereSeparator: \.isWhitespace).map(String.init)
            guard words.count > 1 else { return nil }
            return HostsFile.Entry(address: words[0], names: Array(words.dropFirst()))
        }
    }
}
