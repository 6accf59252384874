import HTTPTypes
import Hummingbird
import HummingbirdTesting
import PanelAPI
import PanelClient
import Support
import Testing
import Transfer

@testable import Panel

/// The page, as a browser sees it.
@Suite struct PageTests {
    static let browser = "/usr/bin/chromium"

    /// What a page test needs beside Swift.
    static var hasBrowser: Bool { Command.exists("chromium") }

    @Test(.enabled(if: hasBrowser, "'chromium' is missing: run scripts/setup"))
    func `a browser shows one master and two slaves, up`() async throws {
        try await Lab.with { lab in
            let lab = lab.withOpenPage
            lab.launch(1, role: "master")
            for number in 2...3 { lab.launch(number, role: "slave") }
            let panel = try await lab.open()
            try await panel.application().test(.live) { api in
                for number in 1...3 {
                    let address = "http://127.0.0.1:\(try #require(api.port))"
                    let client = PanelClient(
                        url: address, transport: LibcurlTransport(.init())
                    ) { Lab.request(number, nonce: $0.nonce, bootID: "boot-1") }
                    if number == 1 { _ = try await client.putMaster() }
                    try await client.report(ViewTests.boot(number))
                    _ = try await client.heartbeat(ViewTests.beat(1))
                }
                let page = try await Self.dom("http://127.0.0.1:\(try #require(api.port))/")
                #expect(page.contains(">Healthy: 3 up</h1>"))
                for name in ["master", "slave-1", "slave-2"] {
                    let role = name.prefix { $0 != "-" }
                    let row = "data-name=\"\(name)\" data-role=\"\(role)\" data-state=\"up\""
                    #expect(page.contains(row), "no row of \(name)")
                }
                #expect(page.ranges(of: "class=\"node up\"").count == 3)
                let node = try await Self.dom(
                    "http://127.0.0.1:\(try #require(api.port))/clusters/demo/nodes/"
                        + Lab.node(2).instanceID)
                #expect(node.contains("Boot done in 7.3 s"))
            }
        }
    }

    /// The document after the browser has parsed it, written out again.
    static func dom(_ url: String) async throws -> String {
        try await withTemporaryDirectory { profile in
            try await Command.run(
                browser,
                [
                    "--headless", "--no-sandbox", "--disable-gpu", "--user-data-dir=\(profile)",
                    "--dump-dom", url,
                ]
            ).output
        }
    }

    @Test func `what nodes say is text on the page, not markup`() {
        let evil = "<img src=x onerror=alert(1)>\"'&"
        let step = StepReport(
            name: evil, outcome: .failed, startSeconds: .nan, seconds: -1, detail: evil)
        let boot = BootReport(
            bootID: evil, instanceID: evil, outcome: .failed, seconds: .nan, steps: [step])
        let claim = VolumeClaim(
            id: evil, mount: evil, state: .failed, volumeID: evil, device: evil, generation: 1,
            firstUse: false, filesystemUUID: evil, error: evil)
        let node = NodeGlance(
            instanceID: evil, name: evil, role: evil, address: evil, state: .failed, cause: evil,
            silentSeconds: .infinity, load1: 1, loadIsHostWide: false, bootOutcome: .failed)
        let decision = DecisionView(
            at: .nan, mode: evil, outcome: evil, count: 1, eligible: [evil], leftOut: [evil: evil],
            value: .infinity, lowest: .nan, freshShare: 0,
            guards: [
                .init(name: evil, isOpen: true, words: evil)
            ], sentence: evil)
        let line = AuditLine(
            id: 1, at: .infinity, actor: evil, action: evil, subject: evil, detail: evil)
        let drain = DrainView(
            id: evil, cluster: "demo", instanceID: evil, node: evil, state: .refused,
            sentence: evil, openFiles: [evil],
            plan: DrainPlan(
                node: evil, instanceID: evil,
                guards: [.init(name: evil, isOpen: false, words: evil)],
                ranking: [
                    .init(node: evil, instanceID: evil, usedBytes: -1, blocks: nil, obstacle: evil)
                ], sentence: evil), requestedBy: evil, reason: evil, startedAt: .nan, changedAt: 0)
        let chart = LineChart(
            id: "x", title: evil, from: 0, to: 1, gap: 1,
            lines: [.init(name: evil, points: [ChartPoint(0.5, .infinity)], color: 9)])
        let page = [
            NodeGrid.render([node], cluster: "demo"),
            NodeTable.render([node], claims: [evil: [claim]], cluster: "demo"),
            BootSection.render(boot), DecisionList.render([decision], prefix: "x"),
            AuditPage.table([line]), DrainsPage.list([drain]), chart.render(),
        ].map(\.text).joined()
        #expect(!page.contains("<img") && !page.contains("'&\""))
        #expect(page.contains("&lt;img src=x onerror=alert(1)&gt;&quot;&#39;&amp;"))
    }

    @Test func `a hostile host name does not get as far as the page`() async throws {
        try await Lab.with { lab in
            let lab = lab.withOpenPage
            lab.launch(1, role: "slave", name: "<script>alert(1)</script>")
            try await lab.withPanel { panel, api in
                let prove: IdentityProver = { challenge in
                    var request = Lab.request(1, nonce: challenge.nonce)
                    request.node.hostname = "<script>alert(1)</script>"
                    return request
                }
                let client = PanelClient(
                    url: "http://panel", transport: RouterTransport(api: api), prove: prove)
                await #expect(throws: PanelError.self) { try await client.enrol() }
                try await lab.client(1, api).enrol()
                let page = try await api.executeRequest(
                    uri: "/", method: .get, headers: [:], body: nil)
                #expect(!String(buffer: page.body).contains("<script>"))
                #expect(String(buffer: page.body).contains("slave-1"))
            }
        }
    }

    @Test func `the page allows itself nothing from elsewhere and nothing inline`() async throws {
        try await Lab.with { lab in
            let lab = lab.withOpenPage
            try await lab.withPanel { _, api in
                let page = try await api.executeRequest(
                    uri: "/", method: .get, headers: [:], body: nil)
                let name = try #require(HTTPField.Name("content-security-policy"))
                let policy = page.headers[name] ?? ""
                #expect(
                    policy == "default-src 'none'; style-src 'self'; script-src 'self'; "
                        + "connect-src 'self'; base-uri 'none'; form-action 'self'; "
                        + "frame-ancestors 'none'")
                let text = String(buffer: page.body)
                #expect(!text.contains("style=") && text.ranges(of: "<script").count == 1)
                #expect(text.contains("<script src=\"/page.js\" defer></script>"))
                #expect(!text.contains("http://") && !text.contains("https://"))
                let style = try await api.executeRequest(
                    uri: "/style.css", method: .get, headers: [:], body: nil)
                #expect(style.status == .ok && !String(buffer: style.body).contains("url("))
            }
        }
    }

    @Test(arguments: [
        (0.04, "0.0 s"), (7.25, "7.3 s"), (59, "59 s"), (180, "3 min"), (7500, "2 h 5 min"),
        (200_000, "2 d 7 h"), (.infinity, "ages"), (-3, "0.0 s"),
    ])
    func `spans of time are words`(seconds: Double, words: String) {
        #expect(Spans.words(seconds) == words)
    }
}
