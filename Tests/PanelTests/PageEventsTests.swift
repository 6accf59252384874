import Foundation
import GRDB
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import PanelAPI
import Support
import Testing

@testable import Panel

/// Pages that are told of changes.
@Suite struct PageEventsTests {
    @Test(.enabled(if: Chromium.isThere, Chromium.missing))
    func `a heartbeat changes the page without a reload, and takes no focus`() async throws {
        try await Lab.with { lab in
            let panel = try await lab.open(PageScene.settings(lab))
            var scene = PageScene(lab, panel)
            try await scene.enter(1...2)
            lab.time.advance(150)
            let node = Lab.node(2).instanceID
            try await panel.application().test(.live) { api in
                let base = "http://127.0.0.1:\(try #require(api.port))"
                let listens = "\(lab.directory)/listens"
                let link = "document.querySelector('.cell a[href$=\"\(node)\"]')"
                let steps: [[String: Any]] = [
                    ["open": base + "/", "width": 1280],
                    ["wait": "document.getElementById('liveness').textContent === 'Live.'"],
                    ["eval": "window.stays = 1; document.querySelectorAll('.cell.stale').length"],
                    ["eval": "\(link).focus(); scrollTo(0, 40); scrollY"], ["touch": listens],
                    ["wait": "document.querySelectorAll('.cell.up').length === 1"],
                    ["eval": "document.querySelectorAll('.cell.stale').length"],
                    ["eval": "window.stays"], ["eval": "document.activeElement === \(link)"],
                    ["eval": "scrollY"],
                    ["eval": "document.getElementById('verdict').textContent"],
                ]
                async let lines = Chromium.run(steps)
                try await Self.wait { FileManager.default.fileExists(atPath: listens) }
                let record = try #require(try await panel.nodes.node(node))
                try await panel.reports.insert(
                    PageScene.beat(1, load: 1, now: panel.time.now()), of: record,
                    now: panel.time.now())
                let seen = try await lines
                await panel.waiters.close()
                #expect(seen[0] == "2" && seen[2] == "1" && seen[3] == "1" && seen[4] == "true")
                #expect(seen[1] == seen[5])
                #expect(seen[6].contains("1 up, 1 stale"), "\(seen[6])")
            }
        }
    }

    private static func wait(_ isTrue: () async -> Bool) async throws {
        for _ in 0..<600 {
            if await isTrue() { return }
            try await Task.sleep(for: .milliseconds(100))
        }
        Issue.record("it did not come about within a minute")
    }

    @Test(.enabled(if: Chromium.isThere, Chromium.missing))
    func `without JavaScript the page is whole and renews itself`() async throws {
        try await Lab.with { lab in
            let panel = try await lab.open(PageScene.settings(lab))
            var scene = PageScene(lab, panel)
            try await scene.enter(1...2)
            for _ in 0..<3 { try await scene.minute(load: 2) }
            try await panel.application().test(.live) { api in
                let base = "http://127.0.0.1:\(try #require(api.port))"
                let look = """
                    [document.querySelectorAll('.cell.up').length,
                     document.querySelectorAll('.plot .line.load').length,
                     document.querySelector('meta[http-equiv=refresh]').content,
                     document.body.innerText.includes('It renews itself every 10 s.')].join()
                    """
                let lines = try await Chromium.run([
                    ["open": base + "/", "scripts": false], ["eval": look],
                ])
                #expect(lines == ["\"2,1,10,true\""])
            }
        }
    }

    @Test(.enabled(if: Chromium.isThere, Chromium.missing))
    func `the keyboard reaches the content first, and each link shows that it has the focus`()
        async throws
    {
        try await Lab.with { lab in
            let panel = try await lab.open(PageScene.settings(lab))
            var scene = PageScene(lab, panel)
            try await scene.enter(1...3)
            try await panel.application().test(.live) { api in
                let base = "http://127.0.0.1:\(try #require(api.port))"
                let focus = """
                    [document.activeElement.textContent.trim().slice(0, 20),
                     getComputedStyle(document.activeElement).outlineStyle].join()
                    """
                let lines = try await Chromium.run([
                    ["open": base + "/"], ["press": "Tab"], ["eval": focus],
                    ["eval": "document.activeElement.getBoundingClientRect().top >= 0"],
                    ["press": "Enter"], ["eval": "document.activeElement.id"],
                    ["press": "Tab"], ["eval": focus],
                ])
                await panel.waiters.close()
                #expect(
                    lines == [
                        "\"Skip to the content,solid\"", "true", "\"main\"", "\"15 minutes,solid\"",
                    ])
            }
        }
    }

    private static let wants: HTTPFields = [.accept: "text/event-stream"]

    @Test func `a stream is a viewer's, of a cluster that is there, and asked for as one`()
        async throws
    {
        try await Lab.with { lab in
            try await lab.withPanel { _, api in
                func ask(_ path: String, _ headers: HTTPFields) async throws -> TestResponse {
                    try await api.executeRequest(
                        uri: path, method: .get, headers: headers, body: nil)
                }
                let stranger = try await ask("/clusters/demo/events", Self.wants)
                #expect(stranger.headers[.location] == "/login")
                var headers = Self.wants
                headers[.authorization] = "Bearer \(Lab.operatorToken)"
                #expect(try await ask("/clusters/other/events", headers).word == "unknown-cluster")
                headers[.accept] = "text/html"
                let page = try await ask("/clusters/demo/events", headers)
                #expect(page.status == .notAcceptable && page.word == "event-stream")
            }
        }
    }

    @Test func `a stream ends with the session, and with the panel`() async throws {
        try await Lab.with { lab in
            try await lab.withPanel { panel, api in
                try await lab.addUsers(panel)
                let browser = Browser(api)
                _ = try await browser.login("the-viewer")
                let cookie = browser.cookie
                let stream = Task {
                    try await api.executeRequest(
                        uri: "/clusters/demo/events", method: .get,
                        headers: [.accept: "text/event-stream", .cookie: cookie], body: nil)
                }
                try await Self.wait { await panel.waiters.count > 0 }
                try await panel.database.write { database in
                    try database.execute(sql: "DELETE FROM sessions")
                }
                let told = try await stream.value
                #expect(told.status == .ok)
                #expect(told.headers[.contentType] == "text/event-stream")
                #expect(String(buffer: told.body).hasPrefix("retry: 3000\n\n"))
                await panel.waiters.close()
                let start = ContinuousClock.now
                _ = try await api.executeRequest(
                    uri: "/clusters/demo/events", method: .get,
                    headers: [
                        .accept: "text/event-stream",
                        .authorization: "Bearer \(Lab.operatorToken)",
                    ], body: nil)
                #expect(ContinuousClock.now - start < .seconds(PageEvents.beatSeconds))
            }
        }
    }

    @Test func `streams are so many, of a person and of all`() throws {
        let streams = StreamCount()
        var places: [StreamCount.Place] = []
        for _ in 0..<PageEvents.maximumPerPerson { places.append(try streams.take("ada")) }
        #expect(throws: Refusal.self) { try streams.take("ada") }
        places.removeFirst().giveBack()
        places.append(try streams.take("ada"))
        for number in places.count..<PageEvents.maximumStreams {
            places.append(try streams.take("person-\(number)"))
        }
        #expect(throws: Refusal.self) { try streams.take("bob") }
        places = []
        #expect(streams.count == 0)
    }

    @Test func `who was locked out, or whose token ended, may not stay`() async throws {
        try await Lab.with { lab in
            let panel = try await lab.open()
            try await lab.addUsers(panel)
            let now = panel.time.now()
            let token = Person(
                name: "the-viewer", role: .viewer, proof: .token(id: "1", expiresAt: now + 60))
            #expect(try await !panel.access.mayStay(token))
            try await panel.database.write { database in
                try database.execute(
                    sql: """
                        INSERT INTO apiTokens (hash, id, user, role, createdAt, expiresAt)
                        VALUES (x'00', '1', 'the-viewer', 'viewer', 0, ?)
                        """, arguments: [now + 60])
            }
            #expect(try await panel.access.mayStay(token))
            try await panel.database.write { database in
                try database.execute(
                    sql: "UPDATE users SET disabledAt = 1 WHERE name = 'the-viewer'")
            }
            #expect(try await !panel.access.mayStay(token))
            #expect(try await panel.access.mayStay(.tokenOfTheFile))
            try panel.database.close()
        }
    }
}
