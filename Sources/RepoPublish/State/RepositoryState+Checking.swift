internal import Host
internal import Members
internal import RepoMetadata

extension RepositoryState {
    /// Runs that are looked at one after another, with one codec.
    private static let checkedAtOnce = 16

    /// Opens what was taken over unopened, and throws ``StateError`` unless all three files are of
    /// the same packages. Whoever hands the files on as they are must ask for it.
    public func check(workers: Int) async throws {
        let ranges = runRanges
        let open = runs.indices.filter { !runs[$0].isChecked }
        let parts = stride(from: 0, to: open.count, by: Self.checkedAtOnce).map {
            Array(open[$0..<min($0 + Self.checkedAtOnce, open.count)])
        }
        _ = try await Bounded.map(parts, limit: max(workers, 1)) { part in
            var codec = RunCodec(format)
            for number in part { try check(runs[number], ranges[number], &codec) }
        }
    }

    private func check(
        _ run: Run, _ range: Range<Int>, _ codec: inout RunCodec
    ) throws(StateError) {
        for file in MetadataFile.allCases where file != .primary {
            let content: [UInt8]
            do throws(MemberError) {
                content = try codec.open(run.members[file])
            } catch {
                throw .damaged(file: file, reason: "\(error)")
            }
            try PackageCheck.check(file, content, records[range])
        }
    }
}
