import FoundationEssentials
import Host
import Support
import Testing

@testable import RepoPublish

/// Two runs on one directory, and what earlier runs left there.
@Suite struct IndexLockTests {
    @Test func `a second run waits for nobody and says so`() async throws {
        try await withTemporaryDirectory { directory in
            try await RPMBuilder(directory: directory).build(.init("one"))
            let lockPath = directory + "/.repodata"
            do {
                let lock = try await IndexLock.take(Files(root: directory))
                await #expect(throws: IndexError.busy(path: lockPath)) {
                    try await index(directory)
                }
                let other = try await Command.run(
                    "createrepo_c", ["--no-database", directory], mayFail: true)
                #expect(other.exitCode == 1 && other.errors.contains("already exists"))
                _ = consume lock
            }
            #expect(try await index(directory).packages == 1)
            #expect(!FileManager.default.fileExists(atPath: lockPath))
        }
    }

    @Test func `what a killed run left is taken over, createrepo_c's lock is not`() async throws {
        try await withTemporaryDirectory { directory in
            try await RPMBuilder(directory: directory).build(.init("one"))
            let files = FileManager.default
            let lockPath = directory + "/.repodata"
            try files.createDirectory(atPath: lockPath, withIntermediateDirectories: true)
            let theirs = lockPath + "/primary.xml.gz"
            try writeFile(theirs, [])
            await #expect(throws: IndexError.foreignLock(path: lockPath)) {
                try await index(directory)
            }
            #expect(files.fileExists(atPath: theirs))
            try writeFile(lockPath + "/howdah", [])
            #expect(try await index(directory).packages == 1)
            #expect(!files.fileExists(atPath: lockPath))
            // Killed between making the directory and marking it.
            try files.createDirectory(atPath: lockPath, withIntermediateDirectories: true)
            #expect(try await index(directory).packages == 1)
            #expect(!files.fileExists(atPath: lockPath))
        }
    }

    @Test func `metadata that lost its content is written again`() async throws {
        try await withTemporaryDirectory { directory in
            try await RPMBuilder(directory: directory).build(.init("one"))
            let before = try await index(directory)
            let place = directory + "/" + before.files[0]
            let content = try Data(contentsOf: URL(filePath: place))
            try writeFile(place, Array(content.dropLast(20)))
            #expect(try await index(directory).wasWritten)
            #expect(try Data(contentsOf: URL(filePath: place)) == content)
            #expect(try await !index(directory).wasWritten)
        }
    }

    @Test func `of many runs at once each succeeds or says that it is not alone`() async throws {
        try await withTemporaryDirectory { directory in
            for name in ["one", "two"] {
                try await RPMBuilder(directory: directory).build(.init(name))
            }
            let results = try await withThrowingTaskGroup(of: Command.Output.self) { group in
                for number in 1...6 {
                    group.addTask {
                        try await HowdahProgram.run(
                            ["repo", "index", "--revision", "\(number)", directory], mayFail: true)
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(results.contains { $0.exitCode == 0 })
            for result in results where result.exitCode != 0 {
                #expect(result.exitCode == 1 && result.errors.contains(".repodata"))
            }
            #expect(try await index(directory).packages == 2)
            _ = try Metadata(directory)
        }
    }

    @Test func `old metadata stays as long as it should`() async throws {
        try await withTemporaryDirectory { directory in
            let builder = RPMBuilder(directory: directory)
            let files = FileManager.default
            var options = IndexOptions()
            func step(_ retention: Retention, at time: Int64) async throws -> Int {
                try await builder.build(.init("p\(time)"))
                options.retention = retention
                try await index(directory, options, at: time)
                _ = try Metadata(directory)
                return try files.contentsOfDirectory(atPath: directory + "/repodata").count
            }
            let now = Int64(Date().timeIntervalSince1970)
            #expect(try await step(.previous, at: 1) == 4)
            try writeFile(directory + "/repodata/mine.txt", [1])
            #expect(try await step(.previous, at: 2) == 8)
            #expect(try await step(.previous, at: 3) == 8)
            #expect(try await step(.all, at: 4) == 11)
            #expect(try await step(.none, at: 5) == 11)
            #expect(try await step(.age(3600), at: now) == 14)
            #expect(try await step(.age(3600), at: now + 7200) == 5)
            // It is somebody's, however old it is.
            #expect(files.fileExists(atPath: directory + "/repodata/mine.txt"))
        }
    }

    @Test(arguments: [
        ("90", 90), ("5m", 300), ("2h", 7200), ("30d", 2_592_000), ("0", 0), ("", nil),
        ("m", nil), ("-1h", nil), ("1w", nil), ("1.5h", nil), ("99999999999999999d", nil),
    ])
    func `an age is a number and a unit`(text: String, seconds: Int64?) {
        #expect(Retention(age: text) == seconds.map(Retention.age))
    }
}
