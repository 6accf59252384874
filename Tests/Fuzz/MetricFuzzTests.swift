import FoundationEssentials
import HadoopMetrics
import MetricFormats
import Support
import Testing

/// What collectors and Hadoop's daemons send.
@Suite struct MetricFuzzTests {
    private static func text(_ bytes: [UInt8]) -> Substring {
        Substring(decoding: bytes, as: UTF8.self)
    }

    private static func expectWhole(_ point: MetricPoint) {
        #expect(point.value.isFinite && !point.name.isEmpty)
        #expect(point.name.utf8.allSatisfy { $0 > 0x20 } && point.name.utf8.count <= 255)
        #expect(point.tags.count <= MetricPoint.maximumTags)
        if let at = point.at { #expect((0...MetricPoint.latestSeconds).contains(at)) }
    }

    static let words = [
        ";", "=", " ", "\t", "put ", "host=n1", "nan", "inf", "-1", "1e999", "0x1p3", "1_000",
        "\u{0}", "\u{feff}", "9999999999999", "é",
    ]

    @Test func `a Graphite line of any bytes is a point that can be written again, or refused`()
        async throws
    {
        let corpus = ["servers.n1.cpu.user 1.5 1700000000", "load;host=n1;b=2 7 -1"]
        try await Fuzzer.standard.run(
            FuzzTarget(
                name: "graphite-line", corpus: corpus.map { Array($0.utf8) }, words: Self.words
            ) { bytes in
                let point = try GraphiteLine.parse(Self.text(bytes))
                Self.expectWhole(point)
                var again = try GraphiteLine.parse(
                    GraphiteLine.text(point, at: point.at ?? 0).dropLast())
                again.at = point.at
                #expect(again == point)
            }, iterations: 4 * Fuzzer.shortRun)
    }

    @Test func `an OpenTSDB line and body of any bytes are points, or refused`() async throws {
        let lines = ["put sys.cpu.user 1700000000 42.5 host=n1 cpu=0", "put a 1700000000123 1 b=c"]
        try await Fuzzer.standard.run(
            FuzzTarget(
                name: "opentsdb-line", corpus: lines.map { Array($0.utf8) }, words: Self.words
            ) { bytes in
                let point = try OpenTSDB.parse(Self.text(bytes))
                Self.expectWhole(point)
                #expect(!point.tags.isEmpty)
            }, iterations: 4 * Fuzzer.shortRun)
        let one = #"{"metric":"a","timestamp":1700000000,"value":"1.5","tags":{"host":"n1"}}"#
        try await Fuzzer.standard.run(
            FuzzTarget(
                name: "opentsdb-body",
                corpus: [one, "[\(one),\(one)]", " [ ]"].map { Array($0.utf8) },
                words: Self.words + ["[", "]", "{", "}", "null", "true", "1e400", "\"tags\":"]
            ) { bytes in
                let (points, errors) = try OpenTSDB.parse(body: Data(bytes))
                for point in points { Self.expectWhole(point) }
                #expect(points.count + errors.count <= OpenTSDB.maximumPointsPerBody)
            })
    }

    private static func expectWhole(_ values: [HadoopValue]) {
        #expect(values.count <= HadoopValue.maximumCount)
        for value in values {
            #expect(value.value.isFinite && !value.key.isEmpty)
            #expect(value.key.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7f }, "\(value.key)")
        }
    }

    @Test func `a scheduler's page of any bytes gives keys without surprises, or is refused`()
        async throws
    {
        let page = """
            <table><tr><th rowspan=2>Pool</th><th rowspan=2>Running Jobs</th>\
            <th colspan=2>Map Tasks</th></tr><tr><th>Running</th><th>Max Share</th></tr>
            <tr><td>a</td><td>1</td><td>2</td><td>-</td></tr></table><table><tr><th rowspan=2>JobID
            <th rowspan=2>Pool<th>Maps</tr><tr><th>Finished</tr><tr><td>j<td><select x="<CHOICE>">
            <option value="a" selected>a</option></select><td>1 / 3</table>
            """
        try await Fuzzer.standard.run(
            FuzzTarget(
                name: "scheduler-page", corpus: [Array(page.utf8)],
                words: [
                    "<table>", "</table>", "<tr>", "<td>", "<th>", "rowspan=9", "colspan=99999",
                    "<!--", "<", ">", "\"", "'", "selected", "&lt;", "&", " / ", "1e999", "*",
                ]
            ) { bytes in
                Self.expectWhole(
                    try FairSchedulerPage.values(String(decoding: bytes, as: UTF8.self)))
            })
    }

    @Test func `JSON of daemons of any bytes gives finite figures, or is refused`() async throws {
        let jmx = #"""
            {"beans":[{"name":"Hadoop:service=NameNode,name=FSNamesystem","CapacityTotal":10},
            {"name":"Hadoop:service=JobTracker,name=JobTrackerInfo",
            "SummaryJson":"{\"nodes\":1,\"slots\":{\"map_slots\":2}}"},
            {"name":"Hadoop:service=JobTracker,name=QueueMetrics,q=a","jobs_running":1}]}
            """#
        let words = ["[", "]", "{", "}", "null", "\"beans\"", "1e400", "\\u0000", "\"queue\":"]
        try await Fuzzer.standard.run(
            FuzzTarget(name: "jmx", corpus: [Array(jmx.utf8)], words: words) { bytes in
                Self.expectWhole(try HadoopJMX.values(bytes))
            })
        let queues = """
            {"scheduler":{"schedulerInfo":{"rootQueue":{"queueName":"root",
            "minResources":{"memory":1},
            "childQueues":{"queue":[{"queueName":"root.a","numActiveApps":1,"childQueues":[]}]}}}}}
            """
        try await Fuzzer.standard.run(
            FuzzTarget(name: "yarn", corpus: [Array(queues.utf8)], words: words) { bytes in
                Self.expectWhole(try YARNScheduler.queues(bytes))
                _ = try? YARNScheduler.metrics(bytes)
            })
    }
}
