internal import Foundation
internal import GRDB

/// What the NameNode said last of HDFS's safety.
struct HDFSHealth: Sendable, Equatable {
    /// Older figures are none of now.
    static let maximumAgeSeconds = 300.0

    /// By the keys of `HadoopJMX`, without the `namenode.` at their beginning.
    var figures: [String: Double]

    /// Nil where the NameNode is not asked, or has said nothing lately.
    static func read(
        _ cluster: ClusterSettings, now: Double, in database: Database
    ) throws -> HDFSHealth? {
        guard cluster.hadoop.nameNode != nil else { return nil }
        let row = try Row.fetchOne(
            database,
            sql: """
                SELECT content FROM metricHosts JOIN metricRaw ON host = id AND at = lastAt
                WHERE name = ? AND lastAt >= ?
                """,
            arguments: [
                "hadoop:\(cluster.name):namenode", Int((now - maximumAgeSeconds) * 1000),
            ])
        guard let content: Data = row?[0] else { return nil }
        let names = try Row.fetchAll(
            database, sql: "SELECT id, name FROM metricNames WHERE name LIKE 'namenode.%'")
        let prefix = "namenode.".count
        let known = Dictionary(
            names.map { ($0[0] as Int, String(($0[1] as String).dropFirst(prefix))) }
        ) { $1 }
        let figures = RawContent.decode([UInt8](content)).compactMap { entry in
            known[entry.name].map { ($0, entry.value) }
        }
        return HDFSHealth(figures: Dictionary(figures) { $1 })
    }

    struct Line: Sendable, Equatable {
        var words: String
        var isIll: Bool
    }

    /// What is told, the worst first; what is not told is not there.
    var lines: [Line] {
        var lines: [Line] = []
        func add(_ key: String, _ words: (Double) -> String, isIll: (Double) -> Bool) {
            guard let value = figures[key] else { return }
            lines.append(Line(words: words(value), isIll: isIll(value)))
        }
        func count(_ value: Double) -> String { ChartNumber.words(value) }
        add("safe-mode", { $0 > 0 ? "in safe mode" : "not in safe mode" }) { $0 > 0 }
        add("blocks.missing", { "\(count($0)) blocks missing" }) { $0 > 0 }
        add("blocks.corrupt", { "\(count($0)) corrupt" }) { $0 > 0 }
        add("blocks.under-replicated", { "\(count($0)) with too few copies" }) { _ in false }
        add("datanodes.live", { "\(count($0)) \($0 == 1 ? "DataNode" : "DataNodes") alive" }) {
            $0 < 1
        }
        add("datanodes.dead", { "\(count($0)) dead" }) { $0 > 0 }
        if let all = figures["capacity.bytes"], let used = figures["used.bytes"], all > 0 {
            let percent = used / all * 100
            lines.append(
                Line(
                    words: "\(ChartNumber.short(percent)) % of \(count(all))B used",
                    isIll: percent > 90))
        }
        return lines.filter(\.isIll) + lines.filter { !$0.isIll }
    }
}
