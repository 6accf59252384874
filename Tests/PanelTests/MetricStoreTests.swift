import Foundation
import GRDB
import PanelAPI
import Testing

@testable import Panel

@Suite struct MetricStoreTests {
    private func withStore(
        _ body: @Sendable (MetricStore, Double) async throws -> Void
    ) async throws {
        try await Lab.with { lab in
            let database = try PanelDatabase(path: lab.databasePath)
            try await body(MetricStore(database: database), 1_800_000_000)
            try database.close()
        }
    }

    private func row(_ host: String, _ at: Double, _ values: [String: Double]) -> MetricStore.Row {
        .init(host: host, at: at, values: values)
    }

    @Test func `what was stored is read again to the last bit, and a repeated row counts once`()
        async throws
    {
        try await withStore { store, now in
            let values = ["ldavg-1": 0.1 + 0.2, "user": 1e-300]
            for _ in 0..<2 {
                let receipt = try await store.insert([row("i-1", now - 30, values)], now: now)
                #expect(receipt.stored == 2 && receipt.refused.isEmpty)
            }
            _ = try await store.insert(
                [row("i-1", now - 30, ["bread": 7]), row("i-0", now, ["user": 5])], now: now)
            let series = try await store.series(
                .init(from: now - 60, to: now, spanSeconds: 0), now: now)
            #expect(series.map(\.host) == ["i-0", "i-1", "i-1", "i-1"])
            #expect(series.map(\.metric) == ["user", "bread", "ldavg-1", "user"])
            #expect(series[2].points.map(\.summary.mean) == [0.1 + 0.2])
            let latest = try await store.latest(now: now, maximumAge: 60)
            #expect(latest.map(\.host) == ["i-0", "i-1"] && latest[1].values.count == 3)
        }
    }

    @Test func `five minutes and hours are summed up, and once more when something comes late`()
        async throws
    {
        try await withStore { store, now in
            let start = now - now.truncatingRemainder(dividingBy: 3600)
            let rows = (0..<120).map { row("i-1", start + Double($0) * 30, ["x": Double($0)]) }
            _ = try await store.insert(rows, now: start + 3600)
            #expect(try await store.sumUp(now: start + 3600) == 11)
            #expect(try await store.sumUp(now: start + 3600 + 120) == 2)
            func hour(_ seconds: Int) async throws -> [MetricStore.Point] {
                try await store.series(
                    .init(from: start, to: start + 3600, spanSeconds: seconds), now: now
                ).first?.points ?? []
            }
            let fives = try await hour(300)
            #expect(fives.count == 12)
            #expect(
                fives[1].summary == MetricSummary(least: 10, greatest: 19, mean: 14.5, count: 10))
            #expect(
                try await hour(3600).map(\.summary)
                    == [MetricSummary(least: 0, greatest: 119, mean: 59.5, count: 120)])
            _ = try await store.insert([row("i-1", start + 1, ["x": -1])], now: start + 4000)
            #expect(try await store.sumUp(now: start + 4000) == 2)
            #expect(try await hour(3600).first?.summary.least == -1)
            #expect(try await hour(300).first?.summary.count == 11)
            #expect(try await store.sumUp(now: start + 4000) == 0)
        }
    }

    @Test func `what is too old goes, sums stay longer, and a silent host goes in the end`()
        async throws
    {
        try await withStore { store, now in
            _ = try await store.insert([row("i-1", now, ["x": 1])], now: now)
            func points(_ seconds: Int, _ at: Double) async throws -> Int {
                _ = try await store.sumUp(now: at)
                #expect(
                    try await store.thinOut(after: 0, rawSeconds: MetricStore.rawSeconds, now: at)
                        == 0)
                return try await store.series(
                    .init(from: 0, to: at, spanSeconds: seconds), now: at
                ).count
            }
            let day = 86_400.0
            #expect(try await points(0, now + day - 60) == 1)
            #expect(try await points(0, now + day + 60) == 0)
            #expect(try await points(300, now + 30 * day) == 1)
            #expect(try await points(300, now + 32 * day) == 0)
            #expect(try await points(3600, now + 365 * day) == 1)
            #expect(try await points(3600, now + 368 * day) == 0)
            let left = try await store.database.read { database in
                try Int.fetchOne(database, sql: "SELECT COUNT(*) FROM metricHosts")
            }
            #expect(left == 0)
            let again = try await store.insert([row("i-1", now, ["x": 1])], now: now)
            #expect(again.stored == 1)
        }
    }

    @Test func `impossible times, numbers that are none and too many names are refused by reason`()
        async throws
    {
        try await withStore { store, now in
            let names = Dictionary(
                uniqueKeysWithValues: (0..<MetricNames.maximumMetrics).map { ("m\($0)", 1.0) })
            var receipt = MetricStore.Receipt()
            for start in stride(from: 0, to: names.count, by: 500) {
                let part = names.keys.sorted()[start..<start + 500]
                receipt = try await store.insert(
                    [row("i-\(start)", now, names.filter { part.contains($0.key) })], now: now)
                #expect(receipt.stored == 500)
            }
            receipt = try await store.insert(
                [
                    row("i-1", now, ["one more": 1, "m1": .nan, "m2": 2]),
                    row("i-1", now - 90_000, ["m1": 1]), row("i-1", now + 700, ["m1": 1]),
                ], now: now)
            #expect(receipt.stored == 1)
            #expect(
                receipt.refused == [
                    "too many names of metrics": 1, "no finite number": 1,
                    "its time is not of the last day": 2,
                ])
        }
    }

    @Test func `a name whose write was undone is made anew, and means itself alone`() async throws {
        struct Unwanted: Error {}
        try await withStore { store, now in
            await #expect(throws: Unwanted.self) {
                try await store.database.write { database in
                    let rows = [row("i-1", now, ["a": 1]), row("i-1", now - 1, ["a": 2])]
                    _ = try store.insert(rows, now: now, in: database)
                    throw Unwanted()
                }
            }
            _ = try await store.insert([row("i-2", now, ["b": 3])], now: now)
            _ = try await store.insert([row("i-1", now, ["a": 4])], now: now)
            let latest = try await store.latest(now: now, maximumAge: 60)
            #expect(latest.map(\.host) == ["i-1", "i-2"])
            #expect(latest.map(\.values) == [["a": 4], ["b": 3]])
        }
    }

    @Test func `raw rows last shorter while the disk's limit is passed, and longer again after`() {
        let day = MetricStore.rawSeconds
        #expect(MetricKeeper.rawSeconds(after: day, used: 101, limit: 100) == day * 0.9)
        #expect(MetricKeeper.rawSeconds(after: 7300, used: 101, limit: 100) == 7200)
        #expect(MetricKeeper.rawSeconds(after: day / 2, used: 90, limit: 100) == day / 2)
        #expect(MetricKeeper.rawSeconds(after: day / 2, used: 10, limit: 100) > day / 2)
        #expect(MetricKeeper.rawSeconds(after: day, used: 10, limit: 100) == day)
    }

    @Test(arguments: [
        (0.0, nil, 0), (3600.0, nil, 0), (86_000.0, nil, 0), (90_000.0, nil, 300),
        (20 * 86_400.0, nil, 3600), (3600.0, 3600, 3600),
    ])
    func `a question is answered from the finest rows that are there and fit`(
        length: Double, asked: Int?, span: Int
    ) {
        let now = 1_800_000_000.0
        #expect(
            MetricStore.span(
                for: .init(from: now - length, to: now, spanSeconds: asked), now: now) == span)
    }
}

@Suite struct WriteQueueTests {
    @Test func `writes side by side are all kept, and one that fails undoes itself alone`()
        async throws
    {
        struct Unwanted: Error {}
        try await Lab.with { lab in
            let database = try PanelDatabase(path: lab.databasePath)
            try await database.write { try $0.execute(sql: "CREATE TABLE t (n INTEGER UNIQUE)") }
            let failures = await withTaskGroup(of: Bool.self) { group in
                for number in 0..<400 {
                    group.addTask {
                        do {
                            try await database.write { database in
                                try database.execute(
                                    sql: "INSERT INTO t VALUES (?)", arguments: [number])
                                if number % 4 == 0 { throw Unwanted() }
                            }
                            return false
                        } catch is Unwanted {
                            return true
                        } catch {
                            Issue.record(error)
                            return true
                        }
                    }
                }
                return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            #expect(failures == 100)
            let kept = try await database.read { try Int.fetchAll($0, sql: "SELECT n FROM t") }
            #expect(kept.sorted() == (0..<400).filter { $0 % 4 != 0 })
            try database.close()
        }
    }
}
