import HadoopMetrics
import PanelAPI
import Testing

@testable import Panel

/// How a drain goes on from each state: a record and a look make the next one.
@Suite struct DrainDecisionTests {
    static let start = 1000.0

    static func record(
        _ state: DrainView.State, _ change: (inout DrainRecord) -> Void = { _ in }
    ) -> DrainRecord {
        var record = DrainRecord(
            id: "drain-1", cluster: "demo", instanceID: "i-3", node: "slave-3", state: state,
            sentence: "before", progressAt: start, requestedBy: "anna", reason: "",
            startedAt: start, changedAt: start)
        change(&record)
        return record
    }

    static func hdfs(
        _ admin: HDFSState.Admin, isLive: Bool = true, missing: Int = 0,
        _ change: (inout HDFSState.DataNode) -> Void = { _ in }
    ) -> Seen<HDFSState> {
        var own = HDFSState.DataNode(names: ["10.0.0.3"], isLive: isLive, admin: admin)
        change(&own)
        let others = (1...2).map {
            HDFSState.DataNode(names: ["10.0.0.\($0)"], isLive: true, admin: .inService)
        }
        return .known(HDFSState(missingBlocks: missing, dataNodes: others + [own]))
    }

    static func seen(
        _ hdfs: Seen<HDFSState>, after seconds: Double = 10, files: Seen<HDFSFiles>? = nil,
        isEnded: Bool = false
    ) -> DrainObservation {
        DrainObservation(
            now: start + seconds, names: ["10.0.0.3", "slave-3"], isEnded: isEnded, hdfs: hdfs,
            files: files)
    }

    private func next(_ record: DrainRecord, _ seen: DrainObservation) -> DrainRecord {
        DrainDecision().next(record, seen)
    }

    struct Row: Sendable, CustomTestStringConvertible {
        var state: DrainView.State
        var hdfs: Seen<HDFSState>
        var files: Seen<HDFSFiles>?
        var isEnded = false
        var confirmations = 0
        var next: DrainView.State
        var words: String

        var testDescription: String { "\(state.rawValue) -> \(next.rawValue): \(words)" }
    }

    static let closed = Seen.known(HDFSFiles())
    static let open = Seen.known(
        HDFSFiles(openCount: 5, openPaths: ["/a", "/b", "/c", "/d", "/e"]))
    static let silent = Seen<HDFSState>.unknown("connection refused")

    static let rows = [
        Row(state: .excluding, hdfs: hdfs(.inService), next: .excluding, words: "waits until"),
        Row(state: .excluding, hdfs: silent, next: .excluding, words: "before"),
        Row(
            state: .excluding, hdfs: hdfs(.decommissioning) { $0.blocksLeft = 12 },
            next: .decommissioning, words: "12 of 12 blocks are left"),
        Row(
            state: .excluding, hdfs: hdfs(.decommissioning) { $0.blocksLeft = 0 },
            next: .decommissioning, words: "the NameNode counts"),
        Row(state: .excluding, hdfs: hdfs(.decommissioned), next: .settling, words: "looked at"),
        Row(
            state: .decommissioning, hdfs: hdfs(.decommissioned), next: .settling,
            words: "is decommissioned"),
        Row(
            state: .decommissioning, hdfs: hdfs(.inService), next: .excluding,
            words: "waits until the NameNode hears"),
        Row(state: .decommissioning, hdfs: silent, next: .decommissioning, words: "before"),
        Row(
            state: .settling, hdfs: hdfs(.decommissioned), files: closed, next: .settling,
            words: "once more"),
        Row(
            state: .settling, hdfs: hdfs(.decommissioned), files: closed, confirmations: 1,
            next: .terminating, words: "EC2 is asked"),
        Row(
            state: .settling, hdfs: hdfs(.decommissioned), files: open, confirmations: 1,
            next: .settling, words: "'/a', '/b', '/c' and 2 more, written on 'slave-3'"),
        Row(
            state: .settling, hdfs: hdfs(.decommissioned), files: .unknown("status 403"),
            confirmations: 1, next: .settling, words: "not known: status 403"),
        Row(
            state: .settling, hdfs: hdfs(.decommissioned),
            files: .known(HDFSFiles(thinCount: 1, thinPath: "/late")), confirmations: 1,
            next: .settling, words: "1 block, of '/late' on 'slave-3', written lately"),
        Row(
            state: .settling, hdfs: hdfs(.decommissioned), confirmations: 1, next: .settling,
            words: "before"),
        Row(
            state: .settling, hdfs: hdfs(.decommissioned, missing: 2), files: closed,
            confirmations: 1, next: .settling, words: "misses 2 blocks"),
        Row(
            state: .settling, hdfs: hdfs(.decommissioning), files: closed, confirmations: 1,
            next: .decommissioning, words: "counts"),
        Row(
            state: .settling, hdfs: hdfs(.inService), files: closed, confirmations: 1,
            next: .excluding, words: "waits until"),
        Row(
            state: .settling, hdfs: silent, files: closed, confirmations: 1, next: .settling,
            words: "before"),
        Row(
            state: .decommissioning, hdfs: silent, isEnded: true, next: .cleaning,
            words: "stays excluded until"),
        Row(
            state: .terminating, hdfs: hdfs(.decommissioned), next: .terminating,
            words: "waits until EC2"),
        Row(
            state: .terminating, hdfs: silent, isEnded: true, next: .cleaning,
            words: "stays excluded until"),
        Row(
            state: .cleaning, hdfs: hdfs(.decommissioned) { $0.silentSeconds = 40 },
            isEnded: true, next: .cleaning, words: "for dead, heard 40 s ago"),
        Row(
            state: .cancelling, hdfs: hdfs(.decommissioning), next: .cancelling, words: "before"),
        Row(
            state: .cancelling, hdfs: hdfs(.inService), confirmations: 1, next: .cancelled,
            words: "in service again"),
        Row(
            state: .cancelling, hdfs: silent, isEnded: true, next: .cancelled,
            words: "EC2 has ended"),
        Row(state: .done, hdfs: silent, next: .done, words: "before"),
    ]

    @Test(arguments: rows) func `a state and a look make the next one, and say it`(_ row: Row) {
        let record = Self.record(row.state) { $0.confirmations = row.confirmations }
        let next = next(record, Self.seen(row.hdfs, files: row.files, isEnded: row.isEnded))
        #expect(next.state == row.next)
        #expect(next.sentence.contains(row.words), "\(next.sentence)")
        #expect((next.endedAt != nil) == (row.next.isOver && row.next != row.state))
    }

    @Test func `one look alone ends nothing, and what stands between two starts anew`() {
        var record = Self.record(.settling)
        let quiet = Self.seen(Self.hdfs(.decommissioned), files: Self.closed)
        for between in [
            Self.seen(Self.hdfs(.decommissioned), files: Self.open),
            Self.seen(Self.silent), Self.seen(Self.hdfs(.decommissioned, missing: 1)),
            Self.seen(Self.hdfs(.decommissioned), files: .unknown("cut short")),
        ] {
            record = next(record, quiet)
            #expect(record.state == .settling && record.confirmations == 1)
            record = next(record, between)
            #expect(record.state == .settling && record.confirmations == 0)
        }
        record = next(next(record, quiet), quiet)
        #expect(record.state == .terminating)
    }

    @Test func `a node is let go only once the NameNode holds it for dead`() {
        var record = Self.record(.cleaning)
        record = next(record, Self.seen(Self.hdfs(.decommissioned), isEnded: true))
        #expect(record.releasedAt == nil)
        record = next(record, Self.seen(Self.silent, isEnded: true))
        #expect(record.releasedAt == nil)
        let dead = Self.seen(Self.hdfs(.decommissioned, isLive: false), isEnded: true)
        record = next(record, dead)
        #expect(record.releasedAt != nil && record.state == .cleaning)
        record = next(record, dead)
        #expect(record.state == .cleaning)
        var forgotten = Self.seen(Self.hdfs(.inService, isLive: false), isEnded: true)
        forgotten.volumes = ["vol-1 (available)"]
        record = next(record, forgotten)
        #expect(record.state == .done)
        #expect(record.sentence == "'slave-3' is gone; kept: vol-1 (available)")
    }

    @Test func `a NameNode that never forgets a node, or never answers, ends the wait`() {
        let stubborn = Self.record(.cleaning) { $0.releasedAt = Self.start }
        let late = Self.seen(
            Self.hdfs(.decommissioned, isLive: false), after: DrainDecision.forgetSeconds + 1)
        #expect(next(stubborn, late).sentence.contains("still lists it"))
        let silent = Self.seen(Self.silent, after: DrainDecision.forgetSeconds + 1)
        #expect(next(Self.record(.cleaning), silent).state == .done)
    }

    struct Stall: Sendable {
        var state: DrainView.State
        var hdfs: Seen<HDFSState>
        var files: Seen<HDFSFiles>?
        var words: String
    }

    static let stalls = [
        Stall(state: .excluding, hdfs: hdfs(.inService), words: "does the master's agent run"),
        Stall(
            state: .decommissioning, hdfs: hdfs(.decommissioning) { $0.blocksLeft = 4 },
            files: .known(HDFSFiles(highestReplication: 10, highestPath: "/job.jar")),
            words: "'/job.jar' wants 10 copies and 2 DataNodes are left in service; 10 is what"),
        Stall(
            state: .decommissioning, hdfs: hdfs(.decommissioning) { $0.blocksLeft = 4 },
            files: .known(HDFSFiles(highestReplication: 2, openCount: 1, openPaths: ["/log"])),
            words: "'/log' is being written on 'slave-3'"),
        Stall(
            state: .decommissioning, hdfs: hdfs(.decommissioning, missing: 3) { $0.blocksLeft = 4 },
            words: "HDFS misses 3 blocks"),
        Stall(
            state: .decommissioning, hdfs: hdfs(.decommissioning) { $0.blocksLeft = 4 },
            words: "HDFS has copied nothing of it lately, with 2 DataNodes left"),
        Stall(
            state: .decommissioning,
            hdfs: hdfs(.decommissioning, isLive: false) { $0.blocksLeft = 4 },
            words: "holds 'slave-3' for dead"),
        Stall(
            state: .settling, hdfs: hdfs(.decommissioned), files: open, words: "waits until '/a'"),
        Stall(state: .cancelling, hdfs: hdfs(.decommissioning), words: "does the master's agent"),
        Stall(state: .decommissioning, hdfs: silent, words: "does not answer: connection refused"),
    ]

    @Test(arguments: stalls.indices) func `what does not get on says why`(_ index: Int) {
        let row = Self.stalls[index]
        let record = Self.record(row.state) {
            $0.blocksLeft = 4
            if row.state == .settling { $0.openFiles = Self.open.value?.openPaths }
        }
        let late = next(record, Self.seen(row.hdfs, after: 601, files: row.files))
        #expect(late.stall?.contains(row.words) == true, "\(late.stall ?? "no stall")")
        #expect(late.state == row.state)
        // Progress takes the word back.
        let onward = DrainDecision().next(
            late, Self.seen(Self.hdfs(.decommissioned), after: 602, files: Self.closed))
        if row.state == .decommissioning { #expect(onward.stall == nil) }
    }

    @Test func `as long as blocks become fewer, nothing is stalled`() {
        var record = Self.record(.decommissioning)
        for step in 1...20 {
            let hdfs = Self.hdfs(.decommissioning) { $0.blocksLeft = 100 - step }
            record = next(record, Self.seen(hdfs, after: Double(step) * 500))
            #expect(record.stall == nil)
        }
        #expect(record.blocksLeft == 80 && record.blocksAtStart == 99)
        #expect(record.sentence.contains("80 of 99 blocks are left"))
    }
}
