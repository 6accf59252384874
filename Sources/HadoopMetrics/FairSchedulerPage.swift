/// The JobTracker's page `/scheduler?advanced` of the fair scheduler, of Hadoop 0.20 to 1.2
/// (`FairSchedulerServlet.java` of each): read by its headers' words, since their number and order
/// changed. Figures are summed up by pool.
public enum FairSchedulerPage {
    /// Of one page.
    public static let maximumBytes = 16 << 20
    public static let maximumPools = 200

    /// Of maps or reduces.
    private struct Tasks {
        var running: Double?
        var fairShare: Double?
        var leastShare: Double?
        /// Nil where it is unlimited.
        var greatestShare: Double?
        var requested = 0.0
        var completed = 0.0
    }

    private struct Pool {
        var jobs = 0.0
        var maps = Tasks()
        var reduces = Tasks()
    }

    /// For each pool `pool.NAME.…`: `jobs`, `demand` (tasks that its jobs still need, of both
    /// kinds), and of `map` and `reduce` each: `running` (slots that it has), `requested` and
    /// `completed` (of the jobs that are there: its speed), `outstanding`, `share.fair`,
    /// `share.min`, `share.max` (where there is one).
    public static func values(_ page: String) throws(HadoopFormatError) -> [HadoopValue] {
        guard page.utf8.count <= maximumBytes else {
            throw HadoopFormatError("a scheduler page of more than \(maximumBytes) bytes")
        }
        let tables = HTMLTable.tables(in: page)
        guard let pools = tables.first(where: isPools) else {
            throw HadoopFormatError(
                "no table of pools with 'Pool' and 'Running Jobs' in it; does the JobTracker run "
                    + "the fair scheduler?")
        }
        var found = read(pools: pools)
        let jobs = tables.first(where: isJobs)
        if let jobs { add(jobs: jobs, to: &found) }
        return found.sorted { $0.key < $1.key }.prefix(maximumPools).flatMap {
            values($0.key, $0.value, knowsJobs: jobs != nil)
        }
    }

    private static func isPools(_ table: HTMLTable) -> Bool {
        table.header.contains("pool") && table.header.contains("running jobs")
    }

    private static func isJobs(_ table: HTMLTable) -> Bool {
        table.header.contains("pool") && table.header.contains("jobid")
    }

    private static func read(pools table: HTMLTable) -> [String: Pool] {
        let header = table.header
        func column(_ isIt: (String) -> Bool) -> Int? { header.firstIndex(where: isIt) }
        let name = column { $0 == "pool" }
        let jobs = column { $0 == "running jobs" }
        var pools: [String: Pool] = [:]
        for row in table.body {
            guard let label = name.flatMap({ text(row, $0) }), !label.isEmpty else { continue }
            var pool = Pool()
            pool.jobs = number(row, jobs) ?? 0
            pool.maps = shares("map", header, row)
            pool.reduces = shares("reduce", header, row)
            pools[label] = pool
        }
        return pools
    }

    /// `Running Maps` and `Min Maps`, or `Running` and `Min Share` under `Map Tasks`.
    private static func shares(
        _ kind: String, _ header: [String], _ row: [HTMLTable.Cell]
    ) -> Tasks {
        func value(_ words: String...) -> Double? {
            let column = header.firstIndex { title in
                title.contains(kind) && words.contains { title.contains($0) }
            }
            return number(row, column)
        }
        return Tasks(
            running: value("running"), fairShare: value("fair share"), leastShare: value("min "),
            greatestShare: value("max "))
    }

    private static func add(jobs table: HTMLTable, to pools: inout [String: Pool]) {
        let header = table.header
        let pool = header.firstIndex(of: "pool")
        func finished(_ kind: String) -> Int? {
            header.firstIndex { $0.hasPrefix(kind) && $0.hasSuffix("finished") }
        }
        let (maps, reduces) = (finished("map"), finished("reduce"))
        for row in table.body {
            guard let pool, pool < row.count else { continue }
            // The pool's cell is a list of all pools, of which one is chosen.
            let name = row[pool].selected ?? row[pool].text
            guard pools[name] != nil else { continue }
            if let (done, all) = share(row, maps) {
                pools[name]?.maps.completed += done
                pools[name]?.maps.requested += all
            }
            if let (done, all) = share(row, reduces) {
                pools[name]?.reduces.completed += done
                pools[name]?.reduces.requested += all
            }
        }
    }

    /// What the page does not tell is not there, and never zero for that.
    private static func values(
        _ name: String, _ pool: Pool, knowsJobs: Bool
    ) -> [HadoopValue] {
        let key = "pool.\(HadoopValue.word(name))"
        let left = [pool.maps, pool.reduces].map { max(0, $0.requested - $0.completed) }
        var values = [HadoopValue("\(key).jobs", pool.jobs)]
        if knowsJobs { values.append(HadoopValue("\(key).demand", left.reduce(0, +))) }
        for (kind, tasks, left) in [
            ("map", pool.maps, left[0]), ("reduce", pool.reduces, left[1]),
        ] {
            let all: [(String, Double?)] = [
                ("running", tasks.running), ("requested", knowsJobs ? tasks.requested : nil),
                ("completed", knowsJobs ? tasks.completed : nil),
                ("outstanding", knowsJobs ? left : nil),
                ("share.fair", tasks.fairShare), ("share.min", tasks.leastShare),
                ("share.max", tasks.greatestShare),
            ]
            values += all.compactMap { word, value in
                value.map { HadoopValue("\(key).\(kind).\(word)", $0) }
            }
        }
        return values
    }

    private static func text(_ row: [HTMLTable.Cell], _ column: Int) -> String? {
        column < row.count ? row[column].text : nil
    }

    /// Nil for what is no number: `-` (unlimited), `NA`. A `*` after it says that the greatest
    /// share is below the least.
    private static func number(_ row: [HTMLTable.Cell], _ column: Int?) -> Double? {
        guard let text = column.flatMap({ text(row, $0) }) else { return nil }
        return number(text.hasSuffix("*") ? text.dropLast() : text[...])
    }

    private static func number(_ text: Substring) -> Double? {
        // Some languages' decimal comma: the page is in the JobTracker's own.
        let plain = String(text.map { $0 == "," ? "." : $0 }).filter { $0 != " " }
        return Double(plain).flatMap { $0.isFinite && abs($0) < 1e15 ? $0 : nil }
    }

    /// `finished / all`.
    private static func share(_ row: [HTMLTable.Cell], _ column: Int?) -> (Double, Double)? {
        guard let text = column.flatMap({ text(row, $0) }) else { return nil }
        let parts = text.split(separator: "/")
        guard parts.count == 2, let done = number(parts[0]), let all = number(parts[1]) else {
            return nil
        }
        return (done, all)
    }
}
