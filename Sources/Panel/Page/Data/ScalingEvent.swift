internal import Autoscaling
internal import GRDB
internal import PanelAPI

/// What changed a cluster's size: instances ordered together, or one that was ended.
struct ScalingEvent: Sendable, Equatable {
    enum Kind: Sendable, Equatable {
        case grown
        /// Nothing came of any of it.
        case failed
        case ended
    }

    /// Seconds since 1970.
    var at: Double
    var kind: Kind
    var count: Int
    var by: String
    var reason: String

    static let maximumEvents = 500

    /// Of a time, the oldest first; of too many the newest.
    static func all(
        of cluster: String, from: Double, to: Double, in database: Database
    ) throws -> [ScalingEvent] {
        let launches = try Row.fetchAll(
            database,
            sql: """
                SELECT requestedAt, MIN(state = 'failed'), COUNT(*), requestedBy, reason
                FROM launches WHERE cluster = ? AND requestedAt > ? AND requestedAt <= ?
                GROUP BY requestedAt, requestedBy, reason ORDER BY requestedAt DESC LIMIT ?
                """, arguments: [cluster, from, to, maximumEvents]
        ).map { row in
            ScalingEvent(
                at: row[0], kind: (row[1] as Bool) ? .failed : .grown, count: row[2], by: row[3],
                reason: row[4])
        }
        let ends = try Row.fetchAll(
            database,
            sql: """
                SELECT requestedAt, node, requestedBy, reason FROM terminations
                WHERE cluster = ? AND requestedAt > ? AND requestedAt <= ?
                ORDER BY requestedAt DESC LIMIT ?
                """, arguments: [cluster, from, to, maximumEvents]
        ).map { row in
            ScalingEvent(
                at: row[0], kind: .ended, count: 1, by: row[2],
                reason: "\(row[1] as String): \(row[3] as String)")
        }
        return (launches + ends).sorted { $0.at < $1.at }
    }

    /// When the autoscaler rested after what it did, as far as a chart shows of it; also of what it
    /// did before that.
    static func rests(
        _ events: [ScalingEvent], _ rule: LoadRule, from: Double, to: Double
    ) -> [ClosedRange<Double>] {
        events.filter { $0.kind != .ended && $0.by == Autoscaler.actor }.compactMap { event in
            let length = event.kind == .failed ? rule.retrySeconds : rule.cooldownSeconds
            let (start, end) = (max(event.at, from), min(event.at + length, to))
            return start < end ? start...end : nil
        }
    }

    /// Those that a chart of this time has no room to show apart, together: `slots` across.
    static func binned(
        _ events: [ScalingEvent], from: Double, to: Double, slots: Int = 30
    ) -> [[ScalingEvent]] {
        let width = max(1, (to - from) / Double(slots))
        var bins: [[ScalingEvent]] = []
        for event in events {
            if let first = bins.last?.first, event.at - first.at < width {
                bins[bins.count - 1].append(event)
            } else {
                bins.append([event])
            }
        }
        return bins
    }

    /// `+3`, `-1`, or `0` where nothing came of it.
    static func change(_ events: [ScalingEvent]) -> String {
        let sum = events.reduce(0) { sum, event in
            switch event.kind {
            case .grown: sum + event.count
            case .failed: sum
            case .ended: sum - event.count
            }
        }
        return sum > 0 ? "+\(sum)" : "\(sum)"
    }
}
