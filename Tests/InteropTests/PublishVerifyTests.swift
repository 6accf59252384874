import RepoPublish
import Support
import Testing

/// verify, diff and promote.
@Suite struct PublishVerifyTests {
    @Test func `what a reader would stumble over is found`() async throws {
        try await withSignedRepository { directory, _ in
            let good = RecordingStore()
            try await publish(directory, good)
            #expect(try await verify(good).problems == [])
            let primary = try #require(good.objects.keys.first { $0.contains("-primary.xml") })
            let size = try #require(good.objects["one.rpm"]).count
            let damages: [(String, [UInt8]?, isDeep: Bool)] = [
                ("one.rpm", nil, false), ("one.rpm", [1], false),
                ("one.rpm", [UInt8](repeating: 0, count: size), true),
                (primary, nil, false), (primary, [1, 2], false),
            ]
            for (path, bytes, isDeep) in damages {
                let store = RecordingStore(copying: good)
                if let bytes { store.set(path, bytes) } else { try await store.delete(path) }
                let report = try await verify(store, isDeep: isDeep)
                #expect(report.problems.map(\.path) == [path])
            }
            let store = RecordingStore(copying: good)
            store.set("stray.rpm", [1])
            store.set("notes.txt", [1])
            #expect(try await verify(store).unreferenced?.map(\.path) == ["stray.rpm"])
        }
    }

    @Test func `a signature that does not fit is found`() async throws {
        try await withSignedRepository { directory, _ in
            let store = RecordingStore()
            try await publish(directory, store)
            let path = "repodata/repomd.xml.asc"
            try await TestKey.with { other in
                let keyFile = parent(directory) + "/other.asc"
                try writeFile(keyFile, Array(other.publicKey.utf8))
                let report = try await RepositoryVerifier(
                    store: store, isDeep: true, keyFiles: [keyFile]
                ).run()
                #expect(report.problems.map(\.path).contains(path))
                #expect(report.problems.count == 4)
            }
        }
    }

    @Test func `two repositories are compared by what they have`() async throws {
        let packages: [RPMBuilder.Package] = [
            .init("same"), .init("one", version: "1"), .init("one", version: "2"), .init("gone"),
            .init("new"),
        ]
        try await withDirectories(packages) { directories in
            let (first, second) = (RecordingStore("memory://a/"), RecordingStore("memory://b/"))
            for number in [0, 1, 3] { try await publish(directories[number], first) }
            for number in [0, 2, 4] { try await publish(directories[number], second) }
            let difference = try await RepositoryDifference.between(first, second)
            #expect(difference.added == ["new-1.0-1.noarch"])
            #expect(difference.removed == ["gone-1.0-1.noarch"])
            #expect(difference.changed == [.init(from: "one-1-1.noarch", to: "one-2-1.noarch")])
            #expect(difference.rebuilt == [])
            #expect(try await RepositoryDifference.between(first, first).isEmpty)
        }
    }

    @Test(arguments: [true, false])
    func `packages are promoted with their records`(isAtStore: Bool) async throws {
        try await withDirectories([.init("one"), .init("two")]) { directories in
            let testing = RecordingStore("memory://testing/")
            for directory in directories { try await publish(directory, testing) }
            try await withTemporaryDirectory { temporary in
                let stable: any ObjectStore =
                    isAtStore
                    ? RecordingStore("memory://stable/") : DirectoryStore(root: temporary)
                let promotion = Promotion(source: testing, target: stable, settings: settings())
                let one = try await promotion.run([PackagePattern("one")], isDryRun: false)
                #expect(one.added == ["one-1.0-1.noarch"])
                #expect(try await verify(stable).problems == [])
                #expect(try await names(stable) == ["one"])
                _ = try await promotion.run(nil, isDryRun: false)
                #expect(try await RepositoryDifference.between(testing, stable).isEmpty)
                #expect(try await verify(stable).problems == [])
                #expect(!(try await promotion.run(nil, isDryRun: false)).isChanged)
            }
        }
    }
}
