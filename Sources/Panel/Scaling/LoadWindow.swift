internal import Autoscaling
internal import PanelAPI
internal import Synchronization

/// The loads that nodes told within the last minutes, in memory. A decision a minute is made of
/// two hundred thousand of them in a large cluster, and of nearly all a minute ago too: read from
/// the database each time they take longer than all else together. The database has them as well;
/// of a node that is new here they are read from there, once.
final class LoadWindow: Sendable {
    typealias Samples = [ScalingInput.Sample]

    /// Decisions that look further back read the database each time.
    static let maximumSeconds = 3_600.0
    /// Of a node the newest; one that keeps to its times tells 120 in an hour.
    static let maximumSamples = 1_000

    private struct Node {
        var samples: Samples = []
        /// Whether it has what the database had when it was new here.
        var isWhole = false
    }

    /// By cluster and instance.
    private let nodes = Mutex<[String: [String: Node]]>([:])

    /// Takes what a node told, once that is committed. Of one that no decision asked for, nothing.
    func add(
        _ rows: [MetricStore.Row], of instanceID: String, in cluster: String, now: Double
    ) {
        // As the database takes it: in whole milliseconds.
        let samples = rows.filter { MetricStore.isTimely($0.at, now: now) }.compactMap { row in
            row.values[Metric.load1.rawValue].map { load in
                ScalingInput.Sample(at: (row.at * 1000).rounded() / 1000, load: load)
            }
        }
        nodes.withLock { nodes in
            guard let place = nodes[cluster]?.index(forKey: instanceID) else { return }
            for sample in samples { nodes[cluster]?.values[place].samples.enter(sample) }
        }
    }

    /// A node came of which nothing was ever heard: the database has nothing of it. Where no
    /// decision was asked for yet, nothing is kept.
    func enter(_ instanceID: String, of cluster: String) {
        nodes.withLock { nodes in
            guard nodes[cluster] != nil, nodes[cluster]?[instanceID] == nil else { return }
            nodes[cluster]?[instanceID] = Node(isWhole: true)
        }
    }

    /// From now on these are the cluster's nodes, and no others. Gives those that are new: what
    /// they tell from here on is kept, and what they told before is to be read and filled in.
    func keep(_ instances: [String], of cluster: String) -> [String] {
        nodes.withLock { nodes in
            let before = nodes[cluster] ?? [:]
            let kept = instances.map { ($0, before[$0] ?? Node()) }
            nodes[cluster] = Dictionary(kept) { $1 }
            return kept.filter { !$0.1.isWhole }.map(\.0)
        }
    }

    /// What the database has of nodes that are new, in the order of its times.
    func fill(_ found: [String: Samples], of cluster: String) {
        nodes.withLock { nodes in
            for (instanceID, samples) in found {
                guard let place = nodes[cluster]?.index(forKey: instanceID) else { continue }
                var whole = samples
                for sample in nodes[cluster]?.values[place].samples ?? [] { whole.enter(sample) }
                nodes[cluster]?.values[place] = Node(samples: whole, isWhole: true)
            }
        }
    }

    /// Between two moments; what is older is forgotten.
    func samples(of cluster: String, from: Double, to: Double) -> [String: Samples] {
        nodes.withLock { nodes in
            nodes[cluster] = nodes[cluster]?.mapValues { node in
                guard let oldest = node.samples.first, oldest.at < from else { return node }
                var node = node
                node.samples.removeAll { $0.at < from }
                return node
            }
            return (nodes[cluster] ?? [:]).mapValues { node in
                guard let newest = node.samples.last, newest.at > to else { return node.samples }
                return node.samples.filter { $0.at <= to }
            }
        }
    }
}

extension LoadWindow.Samples {
    /// In the order of time; one of the same time takes the other's place.
    fileprivate mutating func enter(_ sample: ScalingInput.Sample) {
        let place = (lastIndex { $0.at <= sample.at } ?? -1) + 1
        if place > 0, self[place - 1].at == sample.at {
            self[place - 1] = sample
        } else {
            insert(sample, at: place)
        }
        if count > LoadWindow.maximumSamples { removeFirst() }
    }
}
