import Host
import PanelAPI
import Support
import Synchronization
import Testing

@testable import Node

@Suite struct AgentTests {
    @Test func `the agent says that it is ready and that it turns, while it does`() async throws {
        try await BootLab.with { lab in
            let socket = try NotifySocket(lab.paths.root + "/notify")
            let agent = Agent(
                world: lab.world(),
                notifier: ServiceNotifier(environment: [
                    "NOTIFY_SOCKET": socket.address, "WATCHDOG_USEC": "900000",
                ]))
            let work = Task { try await agent.run() }
            var heard: [String] = []
            // On a slow machine the first answers may come too late for the limit.
            let answered = "STATUS=the panel has answered; the master is 10.77.0.2"
            try await wait(for: "an answer and some turns") {
                heard += socket.messages()
                // The panel wants a heartbeat a minute: these are turns within one wait.
                let later = heard.drop { $0 != answered }
                return later.count { $0 == "WATCHDOG=1" } > 5
            }
            work.cancel()
            try await work.value
            #expect(heard.first == "STATUS=asking metadata what this node is")
            #expect(heard.filter { $0.hasPrefix("READY=1\n") }.count == 1)
        }
    }

    @Test func `a panel that swallows a question does not hold the loop up`() async throws {
        try await BootLab.with { lab in
            let silent = PanelDouble(
                answers: .init(
                    takesReports: true, beat: { try await Task.sleep(for: .seconds(600)) }))
            var heartbeats = Heartbeats(world: lab.world(), panel: silent)
            heartbeats.pace.limit = .milliseconds(20)
            let seen = Mutex<[String]>([])
            heartbeats.pace.says = { text in seen.withLock { $0.append(text) } }
            let work = Task { [heartbeats] in try await heartbeats.run() }
            try await wait(for: "the loop to go on") { seen.withLock { !$0.isEmpty } }
            work.cancel()
            try await work.value
            let first = seen.withLock { $0.first } ?? ""
            #expect(first.contains("for the panel to answer a heartbeat"))
        }
    }

    @Test func `a hung turn is not reported as one that turns`() async throws {
        try await BootLab.with { lab in
            let socket = try NotifySocket(lab.paths.root + "/notify")
            let notifier = try #require(
                ServiceNotifier(environment: ["NOTIFY_SOCKET": socket.address]))
            let hung = Gate()
            let panel = PanelDouble(
                answers: .init(takesReports: true, beat: { await hung.pass() }))
            let heartbeats = Heartbeats(
                world: lab.world(), panel: panel, pace: .watched(by: notifier))
            let work = Task { try await heartbeats.run() }
            try await wait(for: "the question") { await hung.isAsked }
            // The loop waits for an answer that cannot be cancelled: no time makes it turn.
            #expect(socket.messages().isEmpty)
            await hung.open()
            try await wait(for: "a turn") { socket.messages().contains("WATCHDOG=1") }
            work.cancel()
            try await work.value
        }
    }

    private func wait(for what: String, _ isThere: () async -> Bool) async throws {
        _ = try await poll(
            every: .milliseconds(5), for: .seconds(300), clock: ContinuousClock(), what: what
        ) { await isThere() ? true : nil }
    }
}

/// Holds whoever comes until it is opened, cancelled or not.
private actor Gate {
    private(set) var isAsked = false
    private var isOpen = false
    private var waiting: [CheckedContinuation<Void, Never>] = []

    func pass() async {
        isAsked = true
        if isOpen { return }
        await withCheckedContinuation { waiting.append($0) }
    }

    func open() {
        isOpen = true
        for continuation in waiting { continuation.resume() }
        waiting = []
    }
}
