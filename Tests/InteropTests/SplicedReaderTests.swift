import Archive
import Digests
import FoundationEssentials
import RepoMetadata
import RepoPublish
import Support
import Testing

/// Others' tools as readers of indexes that were spliced: several members, some of them made at
/// other times than the rest.
@Suite(.enabled(if: Command.exists("createrepo_c") && Command.exists("dnf"), "needs both"))
struct SplicedReaderTests {
    @Test(arguments: [Compression.gzip, .zstd, .xz, .bzip2, .none])
    func `dnf lists every package`(compression: Compression) async throws {
        try await withTemporaryDirectory { directory in
            let state = try Self.spliced()
            try write(state, SnapshotOptions(compression: compression, time: 1000), to: directory)
            let list = try await Command.run(
                "dnf",
                [
                    "--repofrompath=test,file://\(directory)", "--repo=test", "--releasever=9",
                    "--setopt=reposdir=/nonexistent", "--setopt=cachedir=\(directory)/cache",
                    "--setopt=plugins=0", "--installroot=\(directory)/root", "repoquery",
                    "--queryformat=%{name} %{location} %{files}",
                ])
            let lines = list.output.split(separator: "\n").filter { $0.contains(".rpm") }
            #expect(lines.count == state.records.count)
            for record in state.records {
                #expect(list.output.contains(String(decoding: record.name, as: UTF8.self)))
            }
        }
    }

    /// Not in zstd, which createrepo_c 0.17.3 does not know.
    @Test func `mergerepo_c and modifyrepo_c read it`() async throws {
        try await withTemporaryDirectory { directory in
            let state = try Self.spliced()
            for name in ["one", "two"] {
                let part = state.records.indices.filter { ($0 % 2 == 0) == (name == "one") }
                try write(
                    try state.changing(remove: Set(part), add: []),
                    SnapshotOptions(time: 1000),
                    to: "\(directory)/\(name)")
            }
            try await Command.run(
                "mergerepo_c",
                [
                    "--no-database", "--all", "--omit-baseurl", "--compress-type=gz",
                    "--repo=\(directory)/one", "--repo=\(directory)/two",
                    "--outputdir=\(directory)/merged",
                ])
            let merged = try readState("\(directory)/merged")
            #expect(merged.records == state.records)
            let updates = directory + "/updateinfo.xml"
            try writeFile(updates, Array("<updates/>".utf8))
            try await Command.run("modifyrepo_c", [updates, directory + "/one/repodata"])
            let repomd = try RepomdIndex(
                reading: try readWhole(directory + "/one/repodata/repomd.xml"))
            #expect(repomd.record("updateinfo") != nil && repomd.records.count == 4)
        }
    }

    @Test func `whatever the number of workers is, the files are the same`() async throws {
        try await withTemporaryDirectory { directory in
            try await RPMBuilder(directory: directory).build(spec: Self.many(300))
            var outcomes: [[String]] = []
            for workers in [1, 2, 7] {
                let outcome = try await index(directory, IndexOptions(workers: workers))
                #expect(outcome.packages == 300)
                outcomes.append(outcome.files)
                try FileManager.default.removeItem(atPath: directory + "/repodata")
            }
            #expect(outcomes[0] == outcomes[1] && outcomes[1] == outcomes[2])
            try await index(directory)
            try FileManager.default.createDirectory(
                atPath: directory + "/theirs", withIntermediateDirectories: true)
            try await Command.run(
                "createrepo_c",
                ["--no-database", "--quiet", "--outputdir", directory + "/theirs", directory])
            for kind in MetadataFile.allCases {
                let theirs = try content(directory + "/theirs", kind)
                #expect(try content(directory, kind) == theirs)
                let repomd = try RepomdIndex(
                    reading: try readWhole(directory + "/repodata/repomd.xml"))
                #expect(repomd.record(kind.rawValue)?.openDigest == Digest.of(theirs))
            }
        }
    }

    /// A spec of many small packages: one run of rpmbuild makes them all.
    static func many(_ count: Int) -> String {
        var lines = [
            "Name: many", "Version: 1", "Release: 1", "Summary: Many", "License: MIT",
            "BuildArch: noarch", "%description", "Many.",
        ]
        for number in 0..<count {
            lines += [
                "%package -n many\(number)", "Summary: Package \(number)", "AutoReqProv: no",
                "Requires: other\(number % 9) >= \(number)", "%description -n many\(number)",
                "Number \(number).", "%files -n many\(number)", "%ghost /usr/bin/many\(number)",
            ]
        }
        lines += ["%install", "mkdir -p %{buildroot}/usr/bin; cd %{buildroot}/usr/bin"]
        lines += (0..<count).map { "echo \($0) > many\($0)" }
        return (lines + ["%changelog", Corpus.changelog]).joined(separator: "\n") + "\n"
    }

    private static func spliced() throws -> RepositoryState {
        var random = SeededGenerator(seed: 11)
        let first = try (0..<400).map { _ in try Sample.package(&random) }
        let second = try (0..<150).map { _ in try Sample.package(&random) }
        let state = try RepositoryState.empty.changing(remove: [], add: first)
        return try state.changing(remove: Set(stride(from: 0, to: 390, by: 5)), add: second)
            .changing(remove: [3], add: [])
    }

    private func write(
        _ state: RepositoryState, _ options: SnapshotOptions, to directory: String
    ) throws {
        let snapshot = try state.snapshot(options)
        try FileManager.default.createDirectory(
            atPath: directory + "/repodata", withIntermediateDirectories: true)
        for file in snapshot.files { try writeFile("\(directory)/\(file.path)", file.bytes) }
        try writeFile(directory + "/repodata/repomd.xml", snapshot.repomd.bytes)
    }
}
