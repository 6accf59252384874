internal import FoundationEssentials
internal import PanelAPI

/// The notices of an instance's metadata (EC2 user guide, "Spot Instance interruption notices",
/// "rebalance recommendations", "scheduled events"; EC2 Auto Scaling, "Retrieve the target
/// lifecycle state"). Reading only; what is not as Amazon writes it is passed on as it is.
enum CloudNotices {
    static let maximumText = 300
    static let maximumEvents = 16

    /// Below `meta-data/`.
    enum Source: String, CaseIterable, Sendable {
        case spot = "spot/instance-action"
        case rebalance = "events/recommendations/rebalance"
        case lifeCycle = "autoscaling/target-lifecycle-state"
        case maintenance = "events/maintenance/scheduled"

        var kind: String {
            switch self {
            case .spot: "spot"
            case .rebalance: "rebalance"
            case .lifeCycle: "life-cycle"
            case .maintenance: "maintenance"
            }
        }
    }

    /// Where an instance is meant to serve on.
    static let ordinaryState = "InService"

    static func read(_ source: Source, _ text: String) -> [CloudNotice] {
        let line = printable(text)
        guard !line.isEmpty else { return [] }
        let plain = [CloudNotice(kind: source.kind, action: "", detail: line)]
        let data = Data(text.utf8)
        switch source {
        case .lifeCycle:
            return line == ordinaryState ? [] : [CloudNotice(kind: source.kind, action: line)]
        case .spot, .rebalance:
            guard let answer = try? JSONDecoder().decode(Notice.self, from: data) else {
                return plain
            }
            return [
                CloudNotice(
                    kind: source.kind, action: printable(answer.action ?? ""),
                    time: (answer.time ?? answer.noticeTime).map(printable))
            ]
        case .maintenance:
            guard let events = try? JSONDecoder().decode([Event].self, from: data) else {
                return plain
            }
            return events.prefix(maximumEvents).filter(\.isOpen).map { event in
                CloudNotice(
                    kind: source.kind, action: printable(event.code ?? ""),
                    time: event.notBefore.map(printable), id: event.id.map(printable),
                    detail: event.description.map(printable))
            }
        }
    }

    private struct Notice: Decodable {
        var action: String?
        var time: String?
        var noticeTime: String?
    }

    private struct Event: Decodable {
        var code: String?
        var notBefore: String?
        var id: String?
        var description: String?
        var state: String?

        enum CodingKeys: String, CodingKey {
            case code = "Code"
            case notBefore = "NotBefore"
            case id = "EventId"
            case description = "Description"
            case state = "State"
        }

        /// Events that are over are listed for a while.
        var isOpen: Bool { !["completed", "canceled"].contains(state?.lowercased() ?? "") }
    }

    /// One bounded line that can lead no terminal.
    private static func printable(_ text: String) -> String {
        let scalars = text.unicodeScalars.prefix(maximumText).map { scalar in
            scalar.value < 0x20 || (0x7f...0x9f).contains(scalar.value) ? " " : Character(scalar)
        }
        return String(scalars).split(separator: " ").joined(separator: " ")
    }
}
