import FoundationEssentials
import MetricFormats
import Support
import Testing

@Suite struct MetricFormatTests {
    private func everything() -> String {
        var text = PrometheusText()
        text.add(
            "howdah_node_load1", help: "Load average of one minute.",
            [
                .init(labels: [("node", "slave-1"), ("cluster", "a\\b\"c\nd")], value: 1.5),
                .init(labels: [("node", "zürich")], value: 0),
            ])
        text.add(
            "9 odd-name", help: "A name that\nPrometheus would not take.",
            [
                .init(labels: [], value: -1e-7)
            ])
        text.add("howdah_nothing", help: "Has no samples.", [])
        return text.text
    }

    @Test func `labels, help and names are written as Prometheus reads them`() {
        #expect(
            everything() == """
                # HELP howdah_node_load1 Load average of one minute.
                # TYPE howdah_node_load1 gauge
                howdah_node_load1{node="slave-1",cluster="a\\\\b\\"c\\nd"} 1.5
                howdah_node_load1{node="zürich"} 0.0
                # HELP _9_odd_name A name that\\nPrometheus would not take.
                # TYPE _9_odd_name gauge
                _9_odd_name -1e-07

                """)
    }

    @Test(.enabled(if: Command.exists("promtool"), "promtool is not installed: scripts/setup"))
    func `promtool finds nothing wrong with it`() async throws {
        try await withTemporaryDirectory { folder in
            let file = folder + "/metrics"
            try Data(everything().utf8).write(to: URL(filePath: file))
            let said = try await Command.run(
                "sh", ["-c", "exec promtool check metrics < \"$0\"", file])
            #expect(said.output.isEmpty && said.errors.isEmpty, "\(said)")
        }
    }

    @Test func `Ganglia's document keeps to its character set and escapes what XML needs`() throws {
        let bytes = GangliaXML.document(
            cluster: "a<b", now: 1_700_000_000, interval: 30,
            hosts: [
                .init(
                    name: "zürich\u{1}€", address: "10.0.0.1", reported: 1_699_999_990,
                    silentSeconds: 10.9, started: 1_699_990_000,
                    metrics: [
                        .init(name: "load_one", value: 1.25, units: " ", ageSeconds: 10),
                        .init(name: "bad", value: .nan, units: "", ageSeconds: 1),
                    ])
            ])
        let text = String(decoding: bytes.map { UInt16($0) }, as: UTF16.self)
        #expect(text.contains("<CLUSTER NAME=\"a&lt;b\" LOCALTIME=\"1700000000\""))
        #expect(text.contains("<HOST NAME=\"zürich?\" IP=\"10.0.0.1\""))
        #expect(text.contains("TN=\"10\" TMAX=\"45\""))
        #expect(text.contains("<METRIC NAME=\"load_one\" VAL=\"1.25\" TYPE=\"double\""))
        #expect(!text.contains("bad"))
    }
}
