import FoundationEssentials
import Glibc
import Host
import Support
import Testing

@testable import ImageBuild

/// Builds that end in the middle, by the program that users run.
@Suite(.serialized, .enabled(if: SampleImage.missing == nil, "building an image needs root"))
struct InterruptionTests {
    static let rounds = 12

    /// `howdah` of this build: beside the tests' own program, or where `swift test` has it.
    static var program: String {
        let beside = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
            .map { String($0[..<($0.lastIndex(of: "/") ?? $0.startIndex)]) + "/howdah" }
        return [beside, Checkout.root + "/.build/debug/howdah"].compactMap { $0 }
            .first { access($0, X_OK) == 0 } ?? "howdah"
    }

    private func start(_ sample: SampleImage) throws -> ProcessIdentity {
        try DetachedProcess(
            executable: Self.program,
            arguments: [
                "image", "build", sample.folder + "/top", "--output", sample.output, "--cache",
                sample.cache,
            ],
            environment: ["PATH": "/usr/sbin:/usr/bin:/sbin:/bin"], log: sample.folder + "/log"
        ).spawn()
    }

    private func wait(_ process: ProcessIdentity) {
        var status: Int32 = 0
        while waitpid(process.pid, &status, 0) < 0 && errno == EINTR {}
    }

    /// Processes that name the sample's folder in their arguments.
    private func processes(of sample: SampleImage) -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return names.filter { Int($0) != nil }.compactMap { name in
            guard let words = try? Data(contentsOf: URL(filePath: "/proc/\(name)/cmdline")) else {
                return nil
            }
            let line = String(decoding: words.map { $0 == 0 ? 32 : $0 }, as: UTF8.self)
            return line.contains(sample.folder) ? line : nil
        }
    }

    @Test func `a build that is killed at any moment leaves nothing that counts`() async throws {
        let seed = UInt64.random(in: 0...9999)
        print("kill -9 at moments from seed \(seed)")
        var random = SeededGenerator(seed: seed)
        try await withTemporaryDirectory { folder in
            let sample = try await SampleImage.make(
                in: folder,
                above: "commands: ['i=0; while [ $i -lt 200000 ]; do i=$((i+1)); done']\n")
            for _ in 0..<Self.rounds {
                let process = try start(sample)
                usleep(UInt32(random.next() % 900_000))
                kill(process.pid, SIGKILL)
                wait(process)
                // The sandbox sees our end of its input close; nothing else tells it.
                try await waitUntil { processes(of: sample).isEmpty }
                let mounts = try String(contentsOfFile: "/proc/self/mounts", encoding: .utf8)
                #expect(!mounts.contains(folder))
                if access(sample.output + "/image.json", F_OK) == 0 {
                    try await expectWhole(sample)
                    try FileManager.default.removeItem(atPath: sample.output)
                }
                try? FileManager.default.removeItem(atPath: sample.cache + "/layers")
            }
            try await sample.build()
            try await expectWhole(sample)
            let left = try sample.leftovers()
            #expect(left == [])
        }
    }

    @Test(arguments: [SIGINT, SIGTERM])
    func `a build that is interrupted clears up behind itself`(signal: Int32) async throws {
        try await withTemporaryDirectory { folder in
            let sample = try await SampleImage.make(
                in: folder, above: "commands: ['while :; do :; done']\n")
            let process = try start(sample)
            try await waitUntil {
                processes(of: sample).contains { $0.contains("files and commands") }
            }
            kill(process.pid, signal)
            wait(process)
            #expect(processes(of: sample).isEmpty)
            let left = try sample.leftovers()
            #expect(left == [])
            #expect(access(sample.root, F_OK) != 0)
            let log = try String(contentsOfFile: folder + "/log", encoding: .utf8)
            #expect(log.contains("interrupted; nothing was left behind"))
        }
    }

    @Test func `two builds at once use a cache one after the other`() async throws {
        try await withTemporaryDirectory { folder in
            let sample = try await SampleImage.make(in: folder)
            async let first = sample.builder().build(output: folder + "/out1")
            async let second = sample.builder().build(output: folder + "/out2")
            let (one, two) = try await (first, second)
            #expect(one == two)
        }
    }

    @Test func `a build that waits for another one too long says for which cache`() async throws {
        try await withTemporaryDirectory { folder in
            let held = try await BuildLock.take(folder) { _ in }
            let error = await #expect(throws: ImageError.self) {
                _ = try await BuildLock.take(folder, limit: .zero) { _ in }.descriptor
            }
            #expect(error?.description.contains("has not let go of '\(folder)'") == true)
            #expect(held.descriptor >= 0)
        }
    }

    /// The tree is what its manifest says.
    private func expectWhole(_ sample: SampleImage) async throws {
        let text = try String(contentsOfFile: sample.output + "/manifest", encoding: .utf8)
        let found = try TreeScan().run(sample.root)
        #expect(found.manifest == Manifest(text: text))
    }

    private func waitUntil(_ condition: () -> Bool) async throws {
        let end = ContinuousClock.now + .seconds(300)
        while !condition() {
            guard ContinuousClock.now < end else {
                throw ImageError("five minutes did not bring what was waited for")
            }
            try await Task.sleep(for: .milliseconds(10))
        }
    }
}
