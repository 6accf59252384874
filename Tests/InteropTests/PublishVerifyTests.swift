import Digests
import FoundationEssentials
import RepoMetadata
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

    @Test(arguments: [MetadataFile.filelists, .other])
    func `a metadata file of other packages is found, and not published`(
        file: MetadataFile
    ) async throws {
        try await withDirectories([.init("one"), .init("two")]) { directories in
            let (own, foreign) = (directories[0], directories[1])
            func path(_ directory: String) throws -> String {
                let bytes = try readWhole(directory + "/repodata/repomd.xml")
                let record = try RepomdIndex(reading: bytes).record(file.rawValue)
                return try #require(record?.location)
            }
            // Put under its own name, and with a repomd.xml that says just what it is.
            let (old, new) = (try path(own), try path(foreign))
            try writeFile("\(own)/\(new)", try readWhole("\(foreign)/\(new)"))
            let repomd = "/repodata/repomd.xml"
            let records = try [own, foreign].map { directory in
                let text = String(decoding: try readWhole(directory + repomd), as: UTF8.self)
                let start = try #require(
                    text.firstRange(of: "<data type=\"\(file.rawValue)\">")?.lowerBound)
                let end = try #require(text[start...].firstRange(of: "</data>")?.upperBound)
                return String(text[start..<end])
            }
            let text = String(decoding: try readWhole(own + repomd), as: UTF8.self)
            try writeFile(own + repomd, Array(text.replacing(records[0], with: records[1]).utf8))
            try FileManager.default.removeItem(atPath: "\(own)/\(old)")

            let report = try await verify(DirectoryStore(root: own), isDeep: false)
            #expect(report.problems.map(\.path) == ["repodata/repomd.xml"])
            #expect(report.problems.first?.reason.contains(file.rawValue) == true)
            let store = RecordingStore()
            await #expect(throws: PublishError.self) { try await publish(own, store) }
            #expect(store.puts == [])
        }
    }

    @Test(arguments: [DigestAlgorithm.md5, .sha1])
    func `checksums that a node refuses are said once each`(weak: DigestAlgorithm) async throws {
        try await withTemporaryDirectory { directory in
            for name in ["one", "two"] {
                try await RPMBuilder(directory: directory).build(.init(name))
            }
            var options = IndexOptions()
            options.format.checksum = weak
            options.format.metadataChecksum = weak
            try await index(directory, options)
            let problems = try await verify(DirectoryStore(root: directory)).problems
            #expect(problems.count == 2)
            #expect(problems.first?.path == "repodata/repomd.xml")
            #expect(problems.first?.reason.hasPrefix("3 of its records have \(weak)") == true)
            #expect(problems.last?.path.hasSuffix("-primary.xml.gz") == true)
            #expect(problems.last?.reason.hasPrefix("2 of its packages have \(weak)") == true)
            #expect(problems.allSatisfy { $0.reason.contains("howdah-node refuses") })
            options.format.checksum = .sha224
            options.format.metadataChecksum = .sha224
            try await index(directory, options)
            #expect(try await verify(DirectoryStore(root: directory)).problems == [])
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
