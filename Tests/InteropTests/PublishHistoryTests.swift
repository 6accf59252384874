import RepoMetadata
import RepoPublish
import Support
import Testing

/// Earlier states: what is told of them, how one comes back, and when they go.
@Suite struct PublishHistoryTests {
    static let repomd = "repodata/repomd.xml"
    static let packages: [RPMBuilder.Package] = [.init("one"), .init("two"), .init("three")]

    /// Three states, at 1000, 2000 and 3000.
    private func withStates(
        _ body: (RecordingStore, [[UInt8]]) async throws -> Void
    ) async throws {
        try await withDirectories(Self.packages) { directories in
            let store = RecordingStore()
            var states: [[UInt8]] = []
            for (number, directory) in directories.enumerated() {
                let time = Int64(number + 1) * 1000
                store.setTime(time)
                try await publish(directory, store, at: time)
                states.append(try #require(store.objects[Self.repomd]))
            }
            try await body(store, states)
        }
    }

    private func rollback(
        _ store: RecordingStore, to wanted: String? = nil, at time: Int64 = 5000
    ) async throws {
        store.setTime(time)
        _ = try await Rollback(store: store, settings: settings(at: time))
            .run(to: wanted, isDryRun: false)
    }

    private func collect(
        _ store: RecordingStore, at time: Int64, retain: Int64, isDryRun: Bool = false
    ) async throws -> [String] {
        try await GarbageCollection(store: store, retention: retain, now: { time })
            .run(isDryRun: isDryRun).removed.map(\.path)
    }

    @Test func `of one second, a rollback is newer than the state that it left`() async throws {
        try await withStates { store, _ in
            try await rollback(store, at: 3000)
            try await rollback(store, at: 3000)
            let entries = try await RepositoryLog.read(store, limit: 10).entries
            #expect(
                entries.map(\.verb) == ["rollback", "rollback", "publish", "publish", "publish"])
            // Back to the second state, then to the first.
            #expect(entries[0].key == entries[4].key && entries[1].key == entries[3].key)
        }
    }

    @Test func `each state is told of with who made it and what came and went`() async throws {
        try await withStates { store, _ in
            let log = try await RepositoryLog.read(store, limit: 10)
            #expect(log.entries.map(\.revision) == ["3000", "2000", "1000"])
            #expect(
                log.entries.map(\.added).joined().sorted() == [
                    "one-1.0-1.noarch", "three-1.0-1.noarch", "two-1.0-1.noarch",
                ])
            #expect(log.entries.allSatisfy { $0.who == "tester@host" && $0.verb == "publish" })
            #expect(log.entries[0].parent == log.entries[1].key)
            #expect(log.current == log.entries[0].key)
            #expect(try await RepositoryLog.read(store, limit: 2).entries.count == 2)
        }
    }

    @Test func `a state comes back byte for byte, and the one that was left too`() async throws {
        try await withStates { store, states in
            try await rollback(store)
            #expect(store.objects[Self.repomd] == states[1])
            #expect(try await names(store) == ["one", "two"])
            try await rollback(store, at: 5001)
            #expect(store.objects[Self.repomd] == states[0])
            try await rollback(store, to: "3000", at: 5002)
            #expect(store.objects[Self.repomd] == states[2])
            let log = try await RepositoryLog.read(store, limit: 10)
            #expect(log.entries.prefix(3).map(\.verb) == ["rollback", "rollback", "rollback"])
            #expect(Set(log.entries.map(\.revision)) == ["3000", "2000", "1000"])
            await #expect(throws: PublishError.noState(store: store.name, wanted: "77")) {
                try await rollback(store, to: "77")
            }
        }
    }

    @Test func `a rollback takes nothing back that came meanwhile`() async throws {
        try await withStates { store, _ in
            let late = Array("late".utf8)
            store.before(Self.repomd) { store.set(Self.repomd, late) }
            await #expect(throws: PublishError.publishedMeanwhile(store: store.name)) {
                try await rollback(store)
            }
            #expect(store.objects[Self.repomd] == late)
        }
    }

    @Test func `a signed state comes back with its signature`() async throws {
        try await withSignedRepository { directory, key in
            let store = RecordingStore()
            try await publish(directory, store)
            let old = store.objects
            try await RPMBuilder(directory: directory).build(.init("new"))
            try await index(directory, IndexOptions(keyFile: key), at: 2000)
            try await publish(directory, store)
            try await rollback(store)
            for path in [Self.repomd, Self.repomd + ".asc"] {
                #expect(store.objects[path] == old[path])
            }
        }
    }

    @Test func `nothing goes that a reader of the last day may want`() async throws {
        try await withStates { store, _ in
            store.setTime(4000)
            _ = try await run(
                RemoveChange(
                    store: store.name, patterns: [PackagePattern("one")], atMost: 1), store,
                at: 4000)
            // The state of 3000 was left at 4000, those before it earlier.
            let removed = try await collect(store, at: 5000, retain: 1500, isDryRun: true)
            #expect(removed.allSatisfy { $0.hasPrefix("repodata/") })
            #expect(!removed.contains { $0.contains("/3000-") || $0.contains("/4000-") })
            #expect(removed.contains { $0.contains("/1000-") })
            #expect(try await collect(store, at: 5000, retain: 1500) == removed)
            #expect(store.objects["one-1.0-1.noarch.rpm"] != nil)
            #expect(try await verify(store).problems == [])
            try await rollback(store, at: 5000)
            #expect(try await verify(store).problems == [])
            #expect(try await names(store) == ["one", "three", "two"])
        }
    }

    @Test func `what no kept state names goes, and nothing else`() async throws {
        try await withStates { store, _ in
            store.set("README", [1])
            store.set("orphan.rpm", [1])
            store.setTime(9000)
            store.set("young.rpm", [1])
            _ = try await run(
                RemoveChange(
                    store: store.name, patterns: [PackagePattern("one")], atMost: 1), store,
                at: 4000)
            store.setTime(9500)
            let removed = try await collect(store, at: 9600, retain: 1000)
            #expect(removed.contains("orphan.rpm"))
            #expect(removed.contains("one-1.0-1.noarch.rpm"))
            #expect(store.objects["README"] != nil)
            #expect(store.objects["young.rpm"] != nil)
            #expect(try await names(store) == ["three", "two"])
            #expect(try await verify(store).problems == [])
            #expect(try await collect(store, at: 9600, retain: 1000) == [])
        }
    }
}

func run(
    _ change: any RepositoryChange, _ store: any ObjectStore, at time: Int64
) async throws -> PublishOutcome {
    try await ChangeRun(store: store, change: change, settings: settings(at: time)).run()
}
