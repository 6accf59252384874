internal import Cluster
internal import PanelAPI

/// What the lists of a cluster's members become. Deciding only.
struct MemberLists: Sendable {
    /// Hadoop's own word for a node of which nothing is known (NetworkTopology.DEFAULT_RACK).
    static let unknownRack = "/default-rack"

    let members: [Member]
    /// Nodes that went, which are not to be excluded any more.
    let released: [Member]

    init(_ members: [Member], released: [Member] = []) {
        self.members = members.sorted { ($0.name, $0.address) < ($1.name, $1.address) }
        self.released = released
    }

    /// The list's text. `old` is what it was. Of its lines that no member has, those stay in a list
    /// of `include` that are `spared`; in one of `exclude` all stay on which the panel is silent:
    /// somebody may be emptying a node by hand.
    func text(_ list: MemberList, over old: String?, spared: Set<String> = []) -> String {
        let lines: [String]
        switch list {
        case .racks: lines = racks
        case .include:
            let present = members.flatMap(Self.names)
            lines = present + Self.lines(old).filter { spared.contains($0) }
        case .exclude:
            let spokenOf = Set(
                (members.filter { $0.isExcluded != nil } + released).flatMap(Self.names))
            let excluded = members.filter { $0.isExcluded == true }.flatMap(Self.names)
            lines = excluded + Self.lines(old).filter { !spokenOf.contains($0) }
        }
        var seen: Set<String> = []
        return lines.filter { seen.insert($0).inserted }.map { $0 + "\n" }.joined()
    }

    /// Lines of a list that no member has.
    func foreign(in old: String?) -> [String] {
        let present = Set(members.flatMap(Self.names))
        return Self.lines(old).filter { !present.contains($0) }
    }

    private var racks: [String] {
        var taken: Set<String> = []
        return members.flatMap { member in
            Self.names(of: member).filter { taken.insert($0).inserted }.map { name in
                "\(name) \(Self.rack(of: member))"
            }
        }
    }

    /// The zone's id: zones are what fails as one.
    static func rack(of member: Member) -> String {
        guard let zone = member.zoneID, isPlain(zone) else { return unknownRack }
        return "/" + zone
    }

    /// By what Hadoop's daemons know a node: its address, and the names of the hosts file.
    static func names(of member: Member) -> [String] {
        let isEC2Name = Neighbours.isEC2Name(member.hostname, of: member.address)
        let names = [member.address, member.name] + (isEC2Name ? [member.hostname] : [])
        return names.filter(isPlain)
    }

    static func lines(_ text: String?) -> [String] {
        (text ?? "").split(whereSeparator: \.isNewline).map { line in
            line.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        }.filter { !$0.isEmpty }
    }

    /// One word of letters, digits, dots, colons and hyphens.
    private static func isPlain(_ text: String) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy { byte in
                (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                    || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
                    || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                    || ".:-".utf8.contains(byte)
            }
    }
}
