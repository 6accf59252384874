import Digests
import Host
import Support
import Testing

@testable import LocalCloud

@Suite struct LedgerTests {
    static func entry(_ number: Int) -> LedgerEntry {
        LedgerEntry(id: "namespace/n\(number)", thing: .namespace(name: "n\(number)"))
    }

    @Test func `entries are replaced by id and erased`() async throws {
        try await withTemporaryDirectory { directory in
            let ledger = Ledger(StateFolder(path: directory))
            try ledger.record(Self.entry(1))
            try ledger.record(Self.entry(2))
            let changed = LedgerEntry(id: "namespace/n1", thing: .loop(image: "/x.img"))
            try ledger.record(changed)
            #expect(try ledger.entries() == [Self.entry(2), changed])
            try ledger.erase("namespace/n2")
            #expect(try ledger.entries() == [changed])
        }
    }

    @Test func `many writers at once lose nothing of each other`() async throws {
        try await withTemporaryDirectory { directory in
            let folder = StateFolder(path: directory)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<24 {
                    group.addTask { try Ledger(folder).record(Self.entry(number)) }
                }
                try await group.waitForAll()
            }
            #expect(try Ledger(folder).entries().count == 24)
        }
    }

    @Test func `a lab is one command's at a time`() async throws {
        try await withTemporaryDirectory { directory in
            let folder = StateFolder(path: directory)
            try folder.claim()
            guard let held = try FileLock.take(StateFolder.labLock, in: folder.files) else {
                throw LabError("a fresh lock is taken")
            }
            await #expect(throws: LabError.self) {
                try await Teardown(folder: folder) { _ in }.run()
            }
            _ = consume held
            try await Teardown(folder: folder) { _ in }.run()
        }
    }

    @Test func `a process whose id was never written down is found by its mark and ended`()
        async throws
    {
        try await withTemporaryDirectory { directory in
            let folder = StateFolder(path: directory)
            try folder.claim()
            let lab = Lab(id: Hex.encode(RandomBytes.make(3)))
            let mark = Mark.make(lab: lab.id, name: "weed")
            // As if the writer had been killed between starting it and writing its id.
            try Ledger(folder).record(
                LedgerEntry(id: "process/weed", thing: .process(mark: mark, identity: nil)))
            let process = try DetachedProcess(
                executable: "/bin/sleep", arguments: ["600"],
                environment: [Mark.variable: mark], log: directory + "/log"
            ).spawn()
            let other = try DetachedProcess(
                executable: "/bin/sleep", arguments: ["600"],
                environment: [Mark.variable: mark + "2"], log: directory + "/log"
            ).spawn()
            try await Teardown(folder: folder) { _ in }.run()
            #expect(!process.isAlive())
            #expect(other.isAlive())
            #expect(try Ledger(folder).entries().isEmpty)
            _ = await other.terminate(grace: .zero)
        }
    }

    @Test func `the hypervisor ends before what it would start again`() {
        let ids = [
            "process/weed", "process/init/i-1", "process/metadata/i-1", "process/hypervisor",
        ]
        let entries = ids.map { LedgerEntry(id: $0, thing: .process(mark: "", identity: nil)) }
        #expect(
            Teardown.order(entries).map(\.id) == [
                "process/hypervisor", "process/init/i-1", "process/metadata/i-1", "process/weed",
            ])
    }
}
