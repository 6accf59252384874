import FoundationEssentials
import MetricFormats
import Testing

@Suite struct MetricPointTests {
    @Test func `Graphite's lines are read, with tags, tabs and a time that is ours to fill in`()
        throws
    {
        #expect(
            try GraphiteLine.parse("servers.n1.load 1.5 1700000000")
                == MetricPoint(name: "servers.n1.load", value: 1.5, at: 1_700_000_000))
        #expect(
            try GraphiteLine.parse("load;host=n1;rack=a\t2e3 \t1700000000.5")
                == MetricPoint(
                    name: "load", tags: ["host": "n1", "rack": "a"], value: 2000,
                    at: 1_700_000_000.5))
        #expect(try GraphiteLine.parse("load 1 -1").at == nil)
    }

    @Test(arguments: [
        ("", "expected 'path value epoch', found ''"),
        ("load 1", "expected 'path value epoch', found 'load 1'"),
        ("load 1 2 3", "expected 'path value epoch', found 'load 1 2 3'"),
        ("load nan 2", "expected a finite number as value, found 'nan'"),
        ("load inf 2", "expected a finite number as value, found 'inf'"),
        ("load 1 now", "expected seconds since 1970, found 'now'"),
        ("load 1 1700000000000000", "expected seconds since 1970, found '1700000000000000'"),
        (";host=a 1 2", "expected a name of 1 to 255 bytes, found ''"),
        ("load;host 1 2", "expected a tag 'key=value', found 'host'"),
        ("load;host=a;host=b 1 2", "a tag twice, found 'host=b'"),
        ("lo\u{7}ad 1 2", "expected a name of 1 to 255 bytes, found 'lo\u{7}ad'"),
    ])
    func `a wrong line of Graphite says what is wrong`(line: String, said: String) {
        let error = #expect(throws: MetricPointError.self) { try GraphiteLine.parse(line[...]) }
        #expect(error?.description == said)
    }

    @Test func `OpenTSDB's lines are read, in seconds and in milliseconds`() throws {
        let point = MetricPoint(
            name: "sys.load", tags: ["host": "n1"], value: 1, at: 1_700_000_000.25)
        #expect(try OpenTSDB.parse("put sys.load 1700000000250 1 host=n1") == point)
        #expect(try OpenTSDB.parse("put sys.load 1700000000 1 host=n1").at == 1_700_000_000)
        #expect(throws: MetricPointError.self) { try OpenTSDB.parse("put sys.load 1700000000 1") }
        #expect(throws: MetricPointError.self) { try OpenTSDB.parse("get a 1 1 host=n1") }
    }

    @Test func `of a body of OpenTSDB each right point is kept, and each wrong one named`() throws {
        let body = """
            [{"metric": "a", "timestamp": 1700000000, "value": 1, "tags": {"host": "n1"}},
             {"metric": "b", "timestamp": 1700000000123, "value": "2.5", "tags": {"host": "n1"}},
             {"metric": "c", "timestamp": 1700000000, "value": "x", "tags": {"host": "n1"}},
             {"metric": "d", "timestamp": 1700000000, "value": 1, "tags": {}}]
            """
        let (points, errors) = try OpenTSDB.parse(body: Data(body.utf8))
        #expect(points.map(\.name) == ["a", "b"] && points[1].value == 2.5)
        #expect(points[1].at == 1_700_000_000.123)
        #expect(
            errors.map(\.description) == [
                "expected a finite number as value, found 'x'", "a point without a tag",
            ])
        #expect(throws: MetricPointError.self) { try OpenTSDB.parse(body: Data("{".utf8)) }
        let one = #"{"metric": "a", "timestamp": 1, "value": 1, "tags": {"host": "n1"}}"#
        #expect(try OpenTSDB.parse(body: Data(one.utf8)).points.count == 1)
    }

    @Test func `what is written is read again as it was`() throws {
        let point = MetricPoint(name: "a.b", tags: ["z": "1", "host": "n"], value: 0.1, at: 7)
        let graphite = GraphiteLine.text(point, at: 7)
        #expect(graphite == "a.b;host=n;z=1 0.1 7\n")
        #expect(try GraphiteLine.parse(graphite.dropLast()) == point)
        #expect(try OpenTSDB.parse(OpenTSDB.text(point, at: 7).dropLast()) == point)
    }
}
