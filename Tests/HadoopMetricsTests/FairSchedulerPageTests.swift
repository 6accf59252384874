import Testing

@testable import HadoopMetrics

/// The fair scheduler's page of each era comes to the same keys.
@Suite struct FairSchedulerPageTests {
    private func values(_ page: String) throws -> [String: Double] {
        Dictionary(try FairSchedulerPage.values(page).map { ($0.key, $0.value) }) { $1 }
    }

    @Test func `the page of 0.20 gives demand, slots and speed of each pool`() throws {
        let values = try values(Pages.old)
        let expected: [String: Double] = [
            "jobs": 2, "demand": 60 + 0 + 5 + 20, "map.running": 7, "map.requested": 103,
            "map.completed": 43, "map.outstanding": 60, "map.share.min": 10,
            "reduce.running": 3, "reduce.requested": 30, "reduce.completed": 5,
            "reduce.outstanding": 25, "reduce.share.min": 5,
        ]
        for (key, value) in expected { #expect(values["pool.etl___co.\(key)"] == value, "\(key)") }
        #expect(values["pool.default.jobs"] == 0 && values["pool.default.demand"] == 0)
        // No such column: not told, and not zero.
        #expect(values["pool.etl___co.map.share.max"] == nil)
        #expect(values.count == 24)
    }

    @Test func `the page of 1.x gives the same, and shares that have bounds`() throws {
        let values = try values(Pages.new)
        let expected: [String: Double] = [
            "etl___co.jobs": 1, "etl___co.demand": 54 + 8, "etl___co.map.running": 4,
            "etl___co.map.share.min": 10, "etl___co.map.share.max": 4,
            "etl___co.map.share.fair": 4, "etl___co.reduce.share.fair": 12.5,
            "etl___co.map.outstanding": 54, "default.map.running": 20, "default.demand": 30,
            "default.map.share.fair": 20,
        ]
        for (key, value) in expected { #expect(values["pool.\(key)"] == value, "\(key)") }
        #expect(values["pool.etl___co.reduce.share.max"] == nil)
    }

    @Test func `columns that other versions have between ours shift nothing`() throws {
        let page = Pages.new
            .replacing("<th>Max Share</th>", with: "")
            .replacing("<td>4*</td>", with: "").replacing("<td>-</td>", with: "")
        let values = try values(page)
        #expect(values["pool.etl___co.map.running"] == 4)
        #expect(values["pool.etl___co.map.share.max"] == nil)
        #expect(values["pool.default.reduce.share.fair"] == 0)
    }

    @Test func `a page of another scheduler is said to be one`() {
        #expect(throws: HadoopFormatError.self) {
            try FairSchedulerPage.values("<html><table><tr><td>Queue</td></tr></table>")
        }
        #expect(throws: HadoopFormatError.self) { try FairSchedulerPage.values("") }
    }

    @Test func `pools beyond their number are left out, and jobs make no keys`() throws {
        let rows = (0..<500).map { "<tr><td>p\($0)</td><td>1</td></tr>" }.joined()
        let page = "<table><tr><th>Pool</th><th>Running Jobs</th></tr>\(rows)</table>"
        let keys = try FairSchedulerPage.values(page).map(\.key)
        #expect(Set(keys.map { $0.split(separator: ".")[1] }).count == 200)
    }

    @Test func `a table is laid out as its spans say, whatever is not ended`() {
        let tables = HTMLTable.tables(
            in: "<table><tr><th rowspan=2>A<th colspan='2'>B<tr><th>c<th>d<tr><td>1<td>2<td>3 < 4"
        )
        #expect(tables.count == 1)
        #expect(tables[0].header == ["a", "b c", "b d"])
        #expect(tables[0].body.map { $0.map(\.text) } == [["1", "2", "3 < 4"]])
    }
}
