internal import Glibc
internal import PanelAPI
internal import PanelClient

/// What takes a while in the panel, and how it goes in a line.
protocol Followed: Sendable {
    var id: String { get }
    var line: String { get }
    /// Nothing more will happen to it.
    var isOver: Bool { get }
    /// The latest of its kind, the newest first.
    static func latest(
        _ client: PanelClient, in cluster: String, operatorToken: String
    ) async throws -> [Self]
}

/// Prints how something goes on, a line for each change; quiet, it only waits.
struct ChangeFollower: Sendable {
    static let interval = Duration.seconds(2)

    let client: PanelClient
    let token: String
    let cluster: String
    let quiet: Bool

    /// It has no limit of its own: HDFS may copy for hours, and the panel says when it does not get
    /// on.
    func follow<View: Followed>(
        _ first: View, until isEnd: (View) -> Bool
    ) async throws -> View {
        var (known, printed) = (first, "")
        while true {
            if known.line != printed, !quiet { Self.print([known.line]) }
            printed = known.line
            if isEnd(known) { return known }
            try await Task.sleep(for: Self.interval)
            let all = try await View.latest(client, in: cluster, operatorToken: token)
            known = all.first { $0.id == first.id } ?? known
        }
    }

    static func print(_ lines: [String]) {
        for line in lines { Swift.print(ClusterTable.printable(line)) }
        fflush(nil)
    }
}

extension DrainView: Followed {
    var isOver: Bool { state.isOver }

    var line: String {
        let stall = stall.map { "  it does not get on: \($0)" } ?? ""
        return "\(node)  \(state.rawValue)  \(sentence)\(stall)"
    }

    static func latest(
        _ client: PanelClient, in cluster: String, operatorToken: String
    ) async throws -> [DrainView] {
        try await client.drains(in: cluster, operatorToken: operatorToken)
    }
}

extension BalanceView: Followed {
    var isOver: Bool { state.isOver }

    var line: String { "\(state.rawValue)  \(sentence)" }

    static func latest(
        _ client: PanelClient, in cluster: String, operatorToken: String
    ) async throws -> [BalanceView] {
        try await client.balances(in: cluster, operatorToken: operatorToken)
    }
}
