internal import PanelAPI

/// Which charts the figures of Hadoop's queues make: those of the fair scheduler's monitoring that
/// the panel goes back to (demand, jobs, map and reduce slots against shares, speed, outstanding),
/// and YARN's likewise. Pure.
enum QueueCharts {
    /// More queues than colours are not drawn; the largest are.
    static let maximumQueues = LineChart.palette

    /// A chart with a line for each queue, or of all queues' sums.
    struct Plan: Sendable {
        var id: String
        var title: String
        var unit = ""
        /// Of each queue: the key below `pool.NAME.` or `queue.NAME.`.
        var key = ""
        /// What each line is held against.
        var share: String?
        /// Sums over all queues, with their names; `isRight` has an axis of its own.
        var sums: [(key: String, name: String, isRight: Bool)] = []
    }

    /// Of the JobTracker's fair scheduler.
    static let pools = [
        Plan(id: "demand", title: "Demand: tasks still to run", key: "demand"),
        Plan(id: "jobs", title: "Jobs", key: "jobs"),
        Plan(
            id: "map-slots", title: "Map slots, and fair share", key: "map.running",
            share: "map.share.fair"),
        Plan(
            id: "map-speed", title: "Map speed: asked for and completed",
            sums: [
                ("map.requested", "asked for", false), ("map.completed", "completed", false),
            ]),
        Plan(id: "maps-outstanding", title: "Maps outstanding", key: "map.outstanding"),
        Plan(
            id: "queue", title: "Queue: reduces, and jobs (right)",
            sums: [
                ("reduce.requested", "reduces asked for", false),
                ("reduce.completed", "reduces completed", false), ("jobs", "jobs", true),
            ]),
        Plan(
            id: "reduce-slots", title: "Reduce slots, and least share", key: "reduce.running",
            share: "reduce.share.min"),
        Plan(id: "reduces-outstanding", title: "Reduces outstanding", key: "reduce.outstanding"),
    ]

    /// Of YARN's schedulers.
    static let queues = [
        Plan(
            id: "yarn-memory", title: "Memory used, and fair share", unit: "MB",
            key: "memory-mb.used", share: "memory-mb.fair"),
        Plan(
            id: "yarn-demand", title: "Memory demanded", unit: "MB", key: "memory-mb.demand"),
        Plan(
            id: "yarn-vcores", title: "Virtual cores used, and fair share", key: "vcores.used",
            share: "vcores.fair"),
        Plan(
            id: "yarn-apps", title: "Applications: running and pending",
            sums: [
                ("apps.running", "running", false), ("apps.pending", "pending", false),
            ]),
        Plan(
            id: "yarn-containers", title: "Containers pending", key: "containers.pending"),
    ]

    /// What is known of a cluster's queues, by queue and key.
    struct Figures: Sendable {
        var byQueue: [String: [String: [ChartPoint]]] = [:]

        /// `kind`: the first word of the keys that are meant.
        init(_ series: [MetricStore.Series], kind: String) {
            for one in series where one.metric.hasPrefix(kind + ".") {
                guard let (queue, key) = Self.split(one.metric.dropFirst(kind.count + 1)) else {
                    continue
                }
                byQueue[queue, default: [:]][key] = one.points.map {
                    ChartPoint($0.at, $0.summary.mean)
                }
            }
        }

        /// A queue's name may have dots in it; where the key begins is known by its first word.
        private static func split(_ text: Substring) -> (queue: String, key: String)? {
            let words = text.split(separator: ".", omittingEmptySubsequences: false)
            let first: Set<Substring> = [
                "demand", "jobs", "map", "reduce", "memory-mb", "vcores", "apps", "containers",
                "capacity-percent", "used-capacity-percent",
            ]
            guard let start = words.indices.dropFirst().first(where: { first.contains(words[$0]) })
            else { return nil }
            return (
                words[..<start].joined(separator: "."), words[start...].joined(separator: ".")
            )
        }

        /// The sums of a key over all queues, at each time that any of them has one.
        func sum(_ key: String) -> [ChartPoint] {
            var sums: [Double: Double] = [:]
            for keys in byQueue.values {
                for point in keys[key] ?? [] {
                    if let value = point.value { sums[point.at, default: 0] += value }
                }
            }
            return sums.sorted { $0.key < $1.key }.map { ChartPoint($0.key, $0.value) }
        }

        /// Those with the key, the largest first.
        func largest(_ key: String) -> [String] {
            byQueue.compactMap { queue, keys in
                keys[key].map { ($0.compactMap(\.value).max() ?? 0, queue) }
            }.sorted { ($1.0, $0.1) < ($0.0, $1.1) }.map(\.1)
        }
    }

    /// Nil where nothing is known of it.
    static func chart(_ plan: Plan, _ figures: Figures, from: Double, to: Double) -> LineChart? {
        let known = figures.largest(plan.key)
        let drawn = known.prefix(maximumQueues)
        let lines = plan.sums.isEmpty ? each(drawn, plan, figures) : sums(plan, figures)
        let thinned = lines.map { line in
            var line = line
            line.points = ChartPoint.thinned(line.points, from: from, to: to)
            return line
        }.filter { !$0.points.isEmpty }
        guard !thinned.isEmpty else { return nil }
        let gap = max(150, (to - from) / Double(ChartPoint.maximumPoints) * 2.5)
        let left = known.count - drawn.count
        return LineChart(
            id: plan.id, title: plan.title, unit: plan.unit, from: from, to: to, gap: gap,
            lines: thinned, remark: left > 0 ? "\(left) smaller ones are not drawn" : nil)
    }

    private static func each(
        _ queues: some Sequence<String>, _ plan: Plan, _ figures: Figures
    ) -> [LineChart.Line] {
        queues.enumerated().flatMap { index, queue -> [LineChart.Line] in
            let keys = figures.byQueue[queue] ?? [:]
            let line = LineChart.Line(name: queue, points: keys[plan.key] ?? [], color: index)
            guard let share = plan.share.flatMap({ keys[$0] }) else { return [line] }
            return [
                line,
                LineChart.Line(
                    name: "\(queue), share", points: share, color: index, isShare: true),
            ]
        }
    }

    private static func sums(_ plan: Plan, _ figures: Figures) -> [LineChart.Line] {
        plan.sums.enumerated().map { index, sum in
            LineChart.Line(
                name: sum.name, points: figures.sum(sum.key), color: index, isRight: sum.isRight)
        }
    }
}
