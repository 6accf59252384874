import FoundationEssentials
import Host
import NodeMetrics
import PanelAPI
import PanelClient
import Support
import Synchronization
import Testing

@testable import Node

/// What goes with heartbeats: while the panel is there, while it is away, and when it is back.
@Suite struct NewsTests {
    @Test func `an outage loses nothing that has room, and the order stays`() async throws {
        try await BootLab.with { lab in
            let isAway = Mutex(true)
            let panel = PanelDouble(
                answers: .init(
                    takesReports: true,
                    beat: {
                        guard isAway.withLock({ $0 }) else { return }
                        throw PanelError.unreachable(call: "beat", cause: "away")
                    }))
            let clock = HandClock()
            let world = lab.world(panel: panel) { world in
                world.clock = clock
                world.random = { 1 }
            }
            let buffer = SampleBuffer(limit: 300)
            for number in 1...301 { buffer.add(SampleBufferTests.sample(number)) }
            var heartbeats = Heartbeats(world: world, panel: panel)
            heartbeats.news = News(
                buffer: buffer, notices: try NoticeWatch(world: world, bootID: "b"),
                space: DiskSpace(paths: lab.paths, mounts: ["/data"]))
            // So that no deadline's alarm is at the time of a wait's.
            heartbeats.pace.limit = .seconds(100)
            let work = Task { [heartbeats] in try await heartbeats.run() }
            // The waits double: 5 s, 10 s.
            try await clock.awaitAlarm(at: .seconds(5))
            clock.advance(by: .seconds(5))
            try await clock.awaitAlarm(at: .seconds(15))
            isAway.withLock { $0 = false }
            clock.advance(by: .seconds(10))
            // What one heartbeat cannot hold goes with the next ones, close behind.
            for turn in 1...2 {
                try await clock.awaitAlarm(at: .seconds(15) + .milliseconds(100 * turn))
                clock.advance(by: .milliseconds(100))
            }
            try await clock.awaitAlarm(at: .seconds(75) + .milliseconds(200))
            work.cancel()
            try await work.value
            let beats = await panel.beats
            let samples = beats.map { $0.samples ?? [] }
            let counts: [Int] = samples.map(\.count)
            #expect(counts == [120, 120, 60])
            #expect(beats.map(\.samplesLost) == [1, nil, nil])
            let times: [Int] = samples.joined().map { Int($0.at) }
            #expect(times == Array(2...301))
            let sequences: [Int] = beats.map(\.sequence)
            #expect(sequences == sequences.sorted())
            #expect(beats[0].notices == [] && beats[0].sentAt != nil)
            let space = beats[0].space ?? []
            #expect(space.map(\.mount) == ["/", "/data"])
            #expect(space.map(\.isMounted) == [true, false])
            let lines = lab.logText.split(separator: "\n").filter { $0.contains("heartbeat:") }
            #expect(lines.count == 2 && lines[1].contains("answers again, after 2 tries"))
        }
    }

    @Test func `waits double up to a minute, and are unequal`() {
        func wait(_ failures: Int, _ random: Double) -> Duration {
            Heartbeats.wait(afterFailures: failures, random: random)
        }
        let longest: [Duration] = (0...5).map { wait($0, 1) }
        let expected: [Duration] = [5, 10, 20, 40, 60, 60].map { .seconds($0) }
        #expect(longest == expected)
        #expect(wait(1000, 0) == .seconds(30) && wait(0, 0) == .milliseconds(2500))
    }

    @Test func `a sample comes every 30 seconds, whatever a turn takes`() async throws {
        let clock = HandClock()
        let buffer = SampleBuffer()
        let measuring = Measuring(
            reader: CounterReader(paths: HostPaths()), buffer: buffer, clock: clock,
            now: { Date(timeIntervalSince1970: 1_000_000) })
        let work = Task { await measuring.run() }
        try await clock.awaitAlarm(at: .seconds(30))
        #expect(buffer.count == 0)
        // Five minutes late, as after a machine's sleep: in step again, without catching up.
        clock.advance(by: .seconds(330))
        try await clock.awaitAlarm(at: .seconds(360))
        clock.advance(by: .seconds(47))
        try await clock.awaitAlarm(at: .seconds(390))
        work.cancel()
        await work.value
        let samples = buffer.oldest().samples
        #expect(samples.count == 2)
        // This machine's own files: no test can be run without these.
        for metric in [Metric.tasks, .load1, .faults, .contextSwitches, .maximumRTO] {
            #expect(samples[1][metric] != nil, "\(metric)")
        }
        #expect(samples[1].at == 1_000_000)
    }

    @Test func `disks and interfaces are the real ones where there are any`() throws {
        try withFolder { root in
            let files = Files(root: root)
            for folder in ["/proc/net", "/sys/block/nvme0n1/device", "/sys/class/net/eth0/device"] {
                try files.makeDirectory(folder)
            }
            let disk = "259 0 nvme0n1 1 0 8 0 1 0 16 0 0 0 0\n"
            try files.write(disk + "7 0 loop0 1 0 800 0 1 0 1600 0 0 0 0\n", to: "/proc/diskstats")
            let counts = " 1 0 0 0 0 0 0"
            try files.write(
                """
                  lo: 5\(counts) 5\(counts)
                eth0: 7\(counts) 9\(counts)
                br0: 100\(counts) 100\(counts)

                """, to: "/proc/net/dev")
            let reader = CounterReader(
                paths: HostPaths(root: root, proc: root + "/proc"), clock: { .seconds(12) })
            let counters = reader.read()
            #expect(counters.disks == ["nvme0n1": .init(into: 8, out: 16)])
            #expect(counters.interfaces == ["eth0": .init(into: 7, out: 9)])
            #expect(counters.seconds == 12 && counters.load1 == nil)
            // A container's interface is half of a pair, with no device of its own.
            try files.removeTree("/sys/class/net/eth0/device")
            #expect(reader.read().interfaces?.keys.sorted() == ["br0", "eth0"])
        }
    }

    private func withFolder(_ body: (String) throws -> Void) throws {
        let root = try makeTemporaryDirectory()
        defer { try? FileManager.default.removeItem(atPath: root) }
        try body(root)
    }
}
