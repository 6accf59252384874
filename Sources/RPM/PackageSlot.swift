internal import Digests

/// One package file that is being read.
final class PackageSlot {
    private var window = FileWindow()
    private let whole: PackageTrack
    private let parts: PackageTrack
    private var claims: [PackageDigests.Claim] = []
    private var head: PackageHead?
    private(set) var index: Int?

    /// The lanes are for the file's own digest and for those that it states of its parts.
    init(lanes: (Int, Int)?) {
        whole = PackageTrack(lane: lanes?.0)
        parts = PackageTrack(lane: lanes?.1)
    }

    func open(
        _ job: PackageScanner.Job, _ options: PackageScanner.Options, _ lanes: inout LaneHasher?
    ) throws(PackageFileError) {
        index = job.index
        try window.open(job.path)
        let head = try readHead()
        self.head = head
        claims = try PackageDigests(path: job.path, head: head, size: window.size)
            .claims(withPayload: options.checksPayload)
        whole.begin([.init(range: 0..<window.size, algorithm: options.algorithm)], &lanes)
        parts.begin(claims.map { .init(range: $0.range, algorithm: $0.algorithm) }, &lanes)
    }

    private func readHead() throws(PackageFileError) -> PackageHead {
        while true {
            switch try PackageHead.read(window.bytes, path: window.path) {
            case .head(let head): return head
            case .more(let count):
                guard count <= window.size else {
                    throw .truncated(
                        path: window.path, expected: Int64(count), found: window.size)
                }
                while window.end < count { try window.fill(keeping: 0) }
            }
        }
    }

    /// Reads until each track has something to hash or is done. While one waits for its lane, the
    /// other is not read ahead for: the window would grow by all that it takes.
    func prepare(_ lanes: inout LaneHasher?) throws(PackageFileError) {
        while true {
            let (one, two) = (whole.take(window, &lanes), parts.take(window, &lanes))
            let isWaiting = one == .offered || two == .offered
            let isDrained = one == .drained || two == .drained
            guard one == .more || two == .more || (isDrained && !isWaiting) else { return }
            let kept = min(whole.position ?? .max, parts.position ?? .max)
            try window.fill(keeping: kept)
        }
    }

    func moved(_ blocks: Int, _ lanes: inout LaneHasher?) {
        whole.moved(blocks, &lanes)
        parts.moved(blocks, &lanes)
    }

    var isDone: Bool { whole.position == nil && parts.position == nil }

    /// What was read, if its digests are what it says.
    func finish() throws(PackageFileError) -> PackageFile {
        guard let head, let digest = whole.digests.first else {
            throw .malformed(path: window.path, what: "it was not read")
        }
        for (claim, found) in zip(claims, parts.digests) {
            try claim.check(found, path: window.path)
        }
        return PackageFile(
            path: window.path, header: head.header, digest: digest, size: window.size,
            modified: window.modified,
            headerRange: Int64(head.range.lowerBound)..<Int64(head.range.upperBound),
            archiveSize: head.archiveSize)
    }

    func close(_ lanes: inout LaneHasher?) {
        index = nil
        head = nil
        whole.begin([], &lanes)
        parts.begin([], &lanes)
        window.close()
    }
}
