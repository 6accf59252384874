import Archive
import Digests
import FoundationEssentials
import Members
import RepoMetadata
import Support
import Testing

@testable import RepoPublish

/// Indexes that are changed without being made anew.
@Suite struct SplicingTests {
    @Test(arguments: [Compression.gzip, .zstd], 0..<4)
    func `any sequence of changes gives what a new index of the same packages has`(
        compression: Compression, round: Int
    ) throws {
        let seed = UInt64.random(in: .min ... .max)
        var random = SeededGenerator(seed: seed)
        let format: MemberFormat = compression == .gzip ? .gzip : .zstd
        var packages: [(PackageRecord, PackagePieces)] = []
        var state = RepositoryState(records: [], runs: [], format: format)
        for step in 0..<12 {
            let note = Comment(rawValue: "step \(step) of seed \(seed)")
            let share = Double.random(in: 0...0.5, using: &random)
            let goes = Set(
                packages.indices.filter { _ in
                    Double.random(in: 0..<1, using: &random)
                        < (Bool.random(using: &random) ? share : 0)
                })
            let comes = try (0..<[0, 1, 5, 150, 700].randomElement(using: &random)!).map { _ in
                try Sample.package(&random)
            }
            state = try state.changing(remove: goes, add: comes)
            packages = packages.enumerated().filter { !goes.contains($0.offset) }.map(\.element)
            packages = (packages + comes).sorted { PackageRecord.precedes($0.0, $1.0) }
            #expect(state.records == packages.map(\.0), note)
            #expect(state.runs.allSatisfy { $0.count <= Run.maximumCount }, note)
            #expect(state.runs.map(\.count).reduce(0, +) == packages.count, note)
            let fresh = try RepositoryState(packages: packages, format: format)
            try expectSame(state, fresh, compression, note)
        }
    }

    /// Both say the same, and what the first one wrote is read back as it was.
    private func expectSame(
        _ state: RepositoryState, _ fresh: RepositoryState, _ compression: Compression,
        _ note: Comment
    ) throws {
        let options = SnapshotOptions(compression: compression, time: 7)
        let snapshot = try state.snapshot(options)
        let expected = try fresh.snapshot(options)
        for (index, file) in snapshot.files.enumerated() {
            let open = try Decompressor.decompress(file.bytes, limit: 1 << 30)
            let other = try Decompressor.decompress(expected.files[index].bytes, limit: 1 << 30)
            #expect(open == other, note)
            #expect(snapshot.repomd.records[index].openDigest == Digest.of(open), note)
            #expect(snapshot.repomd.records[index].openSize == Int64(open.count), note)
        }
        let read = try RepositoryState(
            primary: snapshot.files[0].bytes, filelists: snapshot.files[1].bytes,
            other: snapshot.files[2].bytes)
        #expect(read.records == state.records, note)
        #expect(read.runs.map(\.count) == state.runs.map(\.count), note)
        #expect(try read.snapshot(options).repomd == snapshot.repomd, note)
    }

    @Test func `one change makes one run anew`() throws {
        var random = SeededGenerator(seed: 5)
        let packages = try (0..<1000).map { _ in try Sample.package(&random) }
        let state = try RepositoryState(packages: packages, format: .gzip)
        func members(_ state: RepositoryState) -> Set<[UInt8]> {
            Set(state.runs.map { Array($0.members.primary.bytes) })
        }
        let added = try state.changing(remove: [], add: [try Sample.package(&random)])
        #expect(members(added).subtracting(members(state)).count == 1)
        let removed = try state.changing(remove: [500], add: [])
        #expect(members(removed).subtracting(members(state)).count == 1)
        let full = try state.changing(
            remove: [], add: try (0..<40).map { try Sample.package(&random, name: "m\($0)") })
        #expect(full.runs.map(\.count).allSatisfy { (32...128).contains($0) })
        let emptied = try state.changing(remove: Set(100..<180), add: [])
        #expect(emptied.runs.map(\.count).allSatisfy { (32...128).contains($0) })
    }

    @Test func `an index of another order comes out sorted`() throws {
        var random = SeededGenerator(seed: 9)
        var packages = try (0..<1500).map { _ in try Sample.package(&random) }
        let sorted = try RepositoryState(packages: packages, format: .gzip)
        packages.shuffle(using: &random)
        let content = PerFile { (file: MetadataFile) in
            packages.reduce(file.opening(packageCount: packages.count)) { $0 + $1.1[file] }
                + file.closing
        }
        let read = try RepositoryState(
            primary: content.primary, filelists: content.filelists, other: content.other)
        #expect(read.records == sorted.records)
        let options = SnapshotOptions(compression: .none, time: 7)
        #expect(try read.snapshot(options).repomd == sorted.snapshot(options).repomd)
    }

    @Test func `damaged metadata is an error or another repository, never a crash`() throws {
        let seed = UInt64.random(in: .min ... .max)
        var random = SeededGenerator(seed: seed)
        let packages = try (0..<70).map { _ in try Sample.package(&random) }
        let state = try RepositoryState(packages: packages, format: .gzip)
        var errors = 0
        for compression in [Compression.gzip, .zstd, .none] {
            let files = try state.snapshot(SnapshotOptions(compression: compression, time: 1)).files
            for _ in 0..<60 {
                var damaged = files.map(\.bytes)
                let index = Int.random(in: 0..<3, using: &random)
                damaged[index].damage(&random)
                do {
                    let read = try RepositoryState(
                        primary: damaged[0], filelists: damaged[1], other: damaged[2])
                    _ = try read.snapshot(SnapshotOptions(time: 1))
                } catch is StateError {
                    errors += 1
                } catch {
                    Issue.record("\(error), seed \(seed)")
                }
            }
        }
        #expect(errors > 60, "seed \(seed)")
    }
}

extension [UInt8] {
    /// Cuts something off, or changes or repeats some bytes.
    fileprivate mutating func damage(_ random: inout SeededGenerator) {
        let place = Int.random(in: 0..<count, using: &random)
        switch Int.random(in: 0..<3, using: &random) {
        case 0: removeLast(count - place)
        case 1: self[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
        default: insert(contentsOf: self[place..<Swift.min(count, place + 100)], at: place)
        }
    }
}

/// Packages that were never built.
enum Sample {
    static func package(
        _ random: inout SeededGenerator, name: String? = nil
    ) throws -> (PackageRecord, PackagePieces) {
        let number = UInt64.random(in: .min ... .max, using: &random)
        let name = name ?? "p\(String(number, radix: 36))"
        let digest = Digest.of(Array("\(number)".utf8))
        let folder = ["", "a/", "b/c/"].randomElement(using: &random) ?? ""
        var package = Package(digest: digest, location: Array("\(folder)\(name)-1-1.rpm".utf8))
        package.name = Array(name.utf8)
        package.arch = Array("noarch".utf8)
        package.evr = EVR(epoch: [48], version: [49], release: [49])
        package.summary = Array("Sample & <\(number)>".utf8)
        package.size = Int64(number % 100_000)
        let files = (0..<Int(number % 7)).map { (0, Array("f\($0)".utf8), FileList.Kind.file) }
        package.files = FileList(directories: [Array("/usr/bin/".utf8)], files: files) ?? .empty
        return (PackageRecord(package), try PackagePieces(package))
    }
}
