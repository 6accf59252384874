import Host
import PanelAPI
import Support
import Testing

@testable import Node

@Suite struct BootAnalysisTests {
    static func step(
        _ name: String, _ start: Double, _ seconds: Double,
        _ outcome: StepReport.Outcome = .done
    ) -> StepReport {
        StepReport(
            name: name, outcome: outcome, startSeconds: start, seconds: seconds,
            detail: "<&\"\u{1}> \(name)")
    }

    /// Packages are shorter than the volume, which files then wait for.
    static let state: BootState = {
        var state = BootState(bootID: "b")
        state.stage = .failed
        state.instanceID = "i-1"
        state.role = "slave"
        state.seconds = 83.25
        state.steps = [
            step("facts", 0, 0.042), step("enrol", 0.05, 1.2), step("packages", 1.25, 70.5),
            step("volume /data", 1.25, 75), step("files", 76.25, 7, .failed),
            step("daemons", 83.25, 0, .skipped),
        ]
        state.after = [
            "facts": [], "enrol": ["facts"], "packages": ["enrol"], "volume /data": ["enrol"],
            "files": ["packages", "volume /data"], "daemons": ["files"], "report": ["daemons"],
        ]
        return state
    }()

    @Test func `blame has the longest step first, and leaves out what did not run`() {
        #expect(
            BootAnalysis(Self.state).blameLines == [
                "1min 15.000s volume /data", "1min 10.500s packages", "      7.000s files (failed)",
                "      1.200s enrol", "        42ms facts",
            ])
    }

    @Test func `the critical path goes back from what ended last`() {
        let path = [
            "files @1min 16.250s +7.000s (failed)", "└─volume /data @1.250s +1min 15.000s",
            "  └─enrol @50ms +1.200s", "    └─facts @0ms +42ms",
        ]
        let analysis = BootAnalysis(Self.state)
        #expect(Array(analysis.criticalPathLines.dropFirst(3)) == path)
        #expect(
            analysis.criticalPathLines[1]
                == "The boot took 1min 23.250s, the steps of its longest path 1min 23.242s.")
        var old = Self.state
        old.after = nil
        #expect(BootAnalysis(old).criticalPathLines == analysis.criticalPathLines)
    }

    @Test func `a boot of no steps is no trouble`() {
        let analysis = BootAnalysis(BootState(bootID: "b"))
        #expect(analysis.blameLines == [] && analysis.criticalPath == [])
        #expect(analysis.plot.hasSuffix("</svg>\n"))
    }

    @Test(arguments: [
        (0.0, "0ms"), (0.9994, "999ms"), (59.9996, "1min 0.000s"), (3725.5, "1h 2min 5.500s"),
    ])
    func `times are written as systemd writes them`(seconds: Double, text: String) {
        #expect(TimeSpan.text(seconds) == text)
    }

    @Test(arguments: [(0.001, 0.001), (9, 1), (83.25, 10), (3, 0.5), (15, 2), (1800, 200)])
    func `the axis has at most ten parts`(total: Double, interval: Double) {
        #expect(abs(BootPlot.interval(total) - interval) < 1e-9)
    }

    /// Python's own reader of XML is the judge.
    @Test func `the plot is XML with a bar as long as each step that ran`() async throws {
        try await withTemporaryDirectory { folder in
            let path = folder + "/boot.svg"
            let script = """
                import sys, xml.dom.minidom as d
                t = d.parse(sys.argv[1])
                bars = [r for r in t.getElementsByTagName('rect') if r.getAttribute('x')]
                print([(r.getAttribute('x'), r.getAttribute('width')) for r in bars])
                print(bars[0].getElementsByTagName('title')[0].firstChild.data)
                """
            try Files().write(BootAnalysis(Self.state).plot, to: path)
            let found = try await Command.run("python3", ["-c", script, path]).output
            #expect(
                found == """
                    [('180.0', '1.0'), ('180.5', '13.0'), ('193.5', '762.2'), \
                    ('193.5', '810.8'), ('1004.3', '75.7')]
                    done: <&"?> facts

                    """)
        }
    }
}
