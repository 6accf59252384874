import Foundation
import GRDB
import HummingbirdTesting
import PanelAPI
import Support
import Testing

@testable import Panel

/// What a person has opened, scrolled and chosen stays while parts of the page are renewed.
@Suite(.enabled(if: Chromium.isThere, Chromium.missing), .serialized)
struct PageSwapTests {
    private static let isLive = "document.getElementById('liveness').textContent === 'Live.'"
    private static let open =
        "[...document.querySelectorAll('details[open]')].map((one) => one.id).sort().join()"
    private static let scrolled =
        "[...document.querySelectorAll('.scroll')].map((one) => one.scrollLeft).join()"
    /// Which part has the focus, and which of its elements.
    private static let focused = """
        (() => {
          const it = document.activeElement;
          return [it.closest('[data-live]')?.id, it.localName, it.getAttribute('href'),
            it.closest('details')?.id, it.closest('table') !== null].join();
        })()
        """
    /// Puts a mark on what a swap throws away.
    private static let watch = """
        [...document.querySelectorAll('[data-live] > :first-child')]
          .map((one) => { one.isOld = true; }).length
        """

    /// A cluster with a drain, on whose page `prepare` is carried out; then a node is heard, a
    /// block is copied, and a decision made. What `look` is before and after `part` was renewed.
    private static func renew(
        _ part: String, _ prepare: [String], _ look: [String]
    ) async throws -> (before: [String], after: [String]) {
        try await withTemporaryDirectory { directory in
            let lab = Lab(directory: directory)
            let panel = try await lab.open(PageScene.settings(lab))
            var scene = PageScene(lab, panel)
            try await scene.enter(1...3)
            for _ in 0..<3 { try await scene.minute(load: 2) }
            try await scene.drain()
            return try await panel.application().test(.live) { api in
                let listens = "\(lab.directory)/listens"
                let isRenewed = "!document.getElementById('\(part)').firstElementChild.isOld"
                var steps: [[String: Any]] = [
                    ["open": "http://127.0.0.1:\(try #require(api.port))/clusters/demo"],
                    ["wait": isLive],
                ]
                steps += (prepare + [watch] + look).map { ["eval": $0] }
                steps += [["touch": listens], ["wait": isRenewed]]
                steps += look.map { ["eval": $0] }
                async let lines = Chromium.run(steps)
                for _ in 0..<600 where !FileManager.default.fileExists(atPath: listens) {
                    try await Task.sleep(for: .milliseconds(100))
                }
                try await change(lab, panel)
                let seen = try await lines.dropFirst(prepare.count + 1)
                // Else its stream would be served until the next word fails.
                await panel.waiters.close()
                return (Array(seen.prefix(look.count)), Array(seen.suffix(look.count)))
            }
        }
    }

    private static func change(_ lab: Lab, _ panel: Panel) async throws {
        lab.time.advance(30)
        let now = panel.time.now()
        let node = try #require(try await panel.nodes.node(Lab.node(3).instanceID))
        try await panel.reports.insert(PageScene.beat(9, load: 7, now: now), of: node, now: now)
        try await panel.database.write { database in
            try database.execute(
                sql: "UPDATE drains SET blocksLeft = 77, changedAt = ?", arguments: [now])
        }
        await panel.autoscaler.round()
    }

    @Test func `what was opened stays open, what was scrolled stays scrolled`() async throws {
        let ranking = "document.querySelector('#live-drains details')"
        let looked = try await Self.renew(
            "live-drains",
            [
                // Wider than any screen.
                "document.styleSheets[0].insertRule('table { min-width: 5000px }')",
                "\(ranking).open = true",
                """
                document.querySelectorAll('.scroll')
                  .forEach((one, index) => { one.scrollLeft = 300 + index; })
                """,
            ], [Self.open, Self.scrolled])
        #expect(looked.before == ["\"ranking-drain-1\"", "\"300,301\""])
        #expect(looked.after == looked.before)
    }

    @Test(arguments: [
        // The squares above link to the same address.
        ("live-nodes", "table a[href$='\(Lab.node(3).instanceID)']"),
        ("live-nodes", ".grid-of-nodes li:last-child a"),
        ("live-drains", "details summary"), ("live-drains", "a"),
        ("live-decisions", "li:nth-child(2) summary"),
    ])
    func `the focus stays where it is`(part: String, selector: String) async throws {
        let element = "document.querySelector(\"#\(part) \(selector)\")"
        let looked = try await Self.renew(
            part,
            ["\(element).focus()", "document.activeElement === \(element)"], [Self.focused])
        #expect(looked.before.first?.hasPrefix("\"\(part),") == true)
        #expect(looked.after == looked.before)
    }
}
