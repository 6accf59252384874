import Foundation
import HummingbirdTesting
import PanelAPI
import Support
import Testing

@testable import Panel

/// How the pages look and read in a browser: on narrow and wide screens, light and dark.
@Suite(.enabled(if: Chromium.isThere, Chromium.missing), .serialized)
struct PageLookTests {
    /// Where pictures are put: scripts/screenshots says it, else there are none.
    static let pictures = ProcessInfo.processInfo.environment["HOWDAH_SCREENSHOTS"]

    static let screens = [
        (width: 360, dark: false), (width: 360, dark: true), (width: 1920, dark: false),
        (width: 1920, dark: true),
    ]

    /// Nothing sticks out to the right, and there is one heading of the first order.
    static let fits = """
        document.documentElement.scrollWidth <= innerWidth
          && document.querySelectorAll('h1').length === 1
          && !document.body.textContent.includes('HTML(')
        """

    static let open = """
        [...document.querySelectorAll('details')].map((one) => { one.open = true; }).length
        """

    /// Each name is whole, and large enough to be read.
    static let isLegible = """
        [...document.querySelectorAll('.cell .name')].every((one) =>
          one.scrollWidth <= one.clientWidth + 1
            && parseFloat(getComputedStyle(one).fontSize) >= 12
            && one.getBoundingClientRect().width > 0)
        """

    /// Looks at each page on each screen; with axe-core once on each width and in each colour.
    static func look(_ panel: Panel, _ name: String, _ paths: [(String, String)]) async throws {
        try await panel.application().test(.live) { api in
            let base = "http://127.0.0.1:\(try #require(api.port))"
            let axe = try #require(Chromium.axe)
            var steps: [[String: Any]] = []
            var questions: [(what: String, wanted: String)] = []
            for (page, path) in paths {
                for screen in screens {
                    let place = "\(name)\(page)-\(screen.width)-\(screen.dark ? "dark" : "light")"
                    steps.append([
                        "open": base + path, "width": screen.width, "height": 900,
                        "dark": screen.dark,
                    ])
                    if page == "-drains" {
                        // With what is to be seen by a click alone.
                        steps.append(["eval": open])
                        questions.append(("\(place) opens", "1"))
                    }
                    steps += [["eval": fits], ["eval": isLegible]]
                    questions += [("\(place) fits", "true"), ("\(place) is legible", "true")]
                    if screen.dark == (screen.width > 1000) {
                        steps.append(["axe": axe])
                        questions.append(("\(place) with axe-core", "[]"))
                    }
                    if let pictures {
                        let tallest = screen.width > 1000 ? 1400 : 2200
                        steps.append(["shot": "\(pictures)/\(place).png", "tallest": tallest])
                    }
                }
            }
            steps.append(["errors": true])
            questions.append(("\(name): complaints", "[]"))
            let lines = try await Chromium.run(steps)
            #expect(lines.count == questions.count)
            for (line, question) in zip(lines, questions) {
                #expect(line == question.wanted, "\(question.what)")
            }
        }
    }

    @Test func `axe-core finds what is wrong, so that finding nothing means something`()
        async throws
    {
        try await Lab.with { lab in
            let panel = try await lab.open(PageScene.settings(lab))
            try await panel.application().test(.live) { api in
                let axe = try #require(Chromium.axe)
                let lines = try await Chromium.run([
                    ["open": "http://127.0.0.1:\(try #require(api.port))/"],
                    ["eval": "document.documentElement.removeAttribute('lang')"],
                    ["eval": "document.querySelector('h1').style.color = '#fafafa'; 1"],
                    ["axe": axe],
                ])
                let found = try #require(lines.last)
                #expect(found.contains("html-has-lang") && found.contains("color-contrast"))
            }
        }
    }

    @Test func `a cluster without nodes looks right`() async throws {
        try await Lab.with { lab in
            let panel = try await lab.open(PageScene.settings(lab))
            try await Self.look(
                panel, "empty",
                [
                    ("", "/"), ("-nodes", "/clusters/demo/nodes"),
                    ("-volumes", "/clusters/demo/volumes"),
                    ("-decisions", "/clusters/demo/decisions"),
                ])
        }
    }

    @Test func `a cluster of one node looks right`() async throws {
        try await Lab.with { lab in
            let panel = try await lab.open(PageScene.settings(lab))
            var scene = PageScene(lab, panel)
            try await scene.enter(1...1)
            for _ in 0..<5 { try await scene.minute(load: 0.4) }
            try await Self.look(panel, "one", [("", "/")])
        }
    }

    @Test func `ten nodes that were grown to look right on every page`() async throws {
        try await Lab.with { lab in
            let panel = try await lab.open(PageScene.settings(lab))
            var scene = PageScene(lab, panel)
            try await scene.morning()
            try await scene.volumes()
            try await scene.drain()
            #expect(try await panel.launches.launches.all(of: "demo").count == 6)
            let node = "/clusters/demo/nodes/\(Lab.node(2).instanceID)"
            try await Self.look(
                panel, "ten",
                [
                    ("", "/"), ("-node", node), ("-queues", "/clusters/demo/queues?range=6h"),
                    ("-decisions", "/clusters/demo/decisions"),
                    ("-drains", "/clusters/demo/drains"),
                    ("-volumes", "/clusters/demo/volumes"), ("-audit", "/clusters/demo/audit"),
                ])
        }
    }

    /// Filled in and sent as a person does it.
    @Test func `the form of a password looks right, and changes it`() async throws {
        try await Lab.with { lab in
            let panel = try await lab.open()
            try await lab.addUsers(panel)
            try await panel.application().test(.live) { api in
                let base = "http://127.0.0.1:\(try #require(api.port))"
                let axe = try #require(Chromium.axe)
                func send(_ fields: [(String, String)]) -> [String: Any] {
                    let filled = fields.map {
                        "document.querySelector('[name=\($0.0)]').value = '\($0.1)';"
                    }.joined()
                    return [
                        "eval":
                            "\(filled) document.querySelector('form.login button').click(); true"
                    ]
                }
                let (old, new) = (Browser.password, "another horse battery")
                let isIn = "document.body?.textContent.includes('the-viewer, viewer')"
                var steps: [[String: Any]] = [
                    ["open": base + "/login"], send([("name", "the-viewer"), ("password", old)]),
                    ["wait": isIn], ["open": base + "/password", "width": 360],
                    ["eval": Self.fits], ["axe": axe],
                ]
                if let pictures = Self.pictures {
                    steps.append(["shot": "\(pictures)/password-360-light.png"])
                }
                steps += [
                    send([("old", old), ("new", new), ("again", new)]),
                    ["wait": "document.body?.textContent.includes('The password is changed')"],
                    ["axe": axe], send([("name", "the-viewer"), ("password", new)]),
                    ["wait": isIn],
                ]
                let lines = try await Chromium.run(steps)
                #expect(lines == ["true", "true", "[]", "true", "[]", "true"])
            }
        }
    }

    @Test func `five hundred nodes have names that can be read`() async throws {
        try await Lab.with { lab in
            let panel = try await lab.open(PageScene.settings(lab))
            var scene = PageScene(lab, panel)
            try await scene.crowd(500)
            try await Self.look(
                panel, "many", [("", "/?range=1h"), ("-nodes", "/clusters/demo/nodes")])
        }
    }
}
