internal import MetricFormats
internal import PanelAPI
internal import Synchronization

/// Takes points of collectors in: finds out whose they are, stores them, and counts.
struct MetricIntake: Sendable {
    /// What came since the panel's start.
    final class Counts: Sendable {
        private let receipt = Mutex(MetricStore.Receipt())

        func add(_ other: MetricStore.Receipt) {
            receipt.withLock { receipt in
                receipt.stored += other.stored
                for (reason, count) in other.refused { receipt.refuse(reason, count) }
            }
        }

        var now: MetricStore.Receipt { receipt.withLock { $0 } }
    }

    let store: MetricStore
    let time: PanelTime
    /// Which part of a Graphite path is the host's name, from 0; nil where none is.
    let hostPosition: Int?
    var forward = MetricForward([])
    let counts = Counts()

    /// Stores points as one transaction; it is committed when this returns.
    func take(_ points: [MetricPoint]) async throws -> MetricStore.Receipt {
        let now = time.now()
        var refused = MetricStore.Receipt()
        var places: [Place: Int] = [:]
        var rows: [MetricStore.Row] = []
        for point in points {
            guard let (host, name) = owner(of: point) else {
                refused.refuse("no name of a host")
                continue
            }
            guard !Self.isThePanelsOwn(host, name) else {
                refused.refuse("a name of the panel's own")
                continue
            }
            let at = point.at ?? now
            let place = Place(host: host, at: at)
            if let index = places[place] {
                rows[index].values[name] = point.value
            } else {
                places[place] = rows.count
                rows.append(.init(host: host, at: at, values: [name: point.value]))
            }
        }
        var receipt = try await store.insert(rows, now: now)
        forward.add(rows, now: now)
        for (reason, count) in refused.refused { receipt.refuse(reason, count) }
        counts.add(receipt)
        return receipt
    }

    private struct Place: Hashable {
        let host: String
        let at: Double
    }

    /// The host and what the metric is called on it: the tag `host`, else a part of the path.
    func owner(of point: MetricPoint) -> (host: String, name: String)? {
        var tags = point.tags
        var name = point.name
        var host = tags.removeValue(forKey: "host")
        if host == nil, let hostPosition {
            var parts = name.split(separator: ".", omittingEmptySubsequences: false)
            if parts.indices.contains(hostPosition), parts.count > hostPosition + 1 {
                host = String(parts[hostPosition])
                parts.removeFirst(hostPosition + 1)
                name = parts.joined(separator: ".")
            }
        }
        guard let host, Self.isHostName(host) else { return nil }
        let rest = tags.sorted { $0.key < $1.key }.map { ";\($0.key)=\($0.value)" }.joined()
        return (host, name + rest)
    }

    /// What nodes tell of themselves, and the panel of Hadoop: whoever reaches a port without a
    /// login speaks for neither, and moves no decision.
    private static func isThePanelsOwn(_ host: String, _ name: String) -> Bool {
        let base = name.prefix { $0 != ";" }
        return host.hasPrefix("hadoop:")
            || (host.hasPrefix("i-") && Metric(rawValue: String(base)) != nil)
    }

    /// As RFC 1123 has it, with what instance ids and addresses have too.
    private static func isHostName(_ text: String) -> Bool {
        guard let first = text.utf8.first, text.utf8.count <= 255 else { return false }
        func isAlphanumeric(_ byte: UInt8) -> Bool {
            (0x30...0x39).contains(byte) || (0x41...0x5a).contains(byte)
                || (0x61...0x7a).contains(byte)
        }
        return isAlphanumeric(first)
            && text.utf8.allSatisfy { isAlphanumeric($0) || "._:-".utf8.contains($0) }
    }
}
