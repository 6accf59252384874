internal import Digests

/// One package file that is being read.
final class PackageSlot {
    private var window = FileWindow()
    private let tracks: [PackageTrack]
    private var claims: [PackageDigests.Claim] = []
    private var head: PackageHead?
    private(set) var index: Int?
    /// Bytes that are held of the file at most.
    var windowCapacity: Int { window.capacity }

    /// A track for each lane, one or two; OpenSSL's where it is nil.
    init(_ lanes: [Int?]) {
        tracks = lanes.map(PackageTrack.init)
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
        let whole = PackageTrack.Part(range: 0..<window.size, algorithm: options.algorithm)
        let parts = claims.map { PackageTrack.Part(range: $0.range, algorithm: $0.algorithm) }
        if tracks.count == 1 {
            // The head is in the window, so that the whole file can be begun after its header.
            tracks[0].begin(parts + [whole], &lanes)
        } else {
            tracks[0].begin([whole], &lanes)
            tracks[1].begin(parts, &lanes)
        }
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
            var (isWaiting, isDrained, needsMore) = (false, false, false)
            for track in tracks {
                switch track.take(window, &lanes) {
                case .nothing: break
                case .offered: isWaiting = true
                case .drained: isDrained = true
                case .more: needsMore = true
                }
            }
            guard needsMore || (isDrained && !isWaiting) else { return }
            var kept = Int64.max
            for track in tracks { kept = min(kept, track.position ?? .max) }
            try window.fill(keeping: kept)
        }
    }

    func moved(_ blocks: Int, _ lanes: inout LaneHasher?) {
        for track in tracks { track.moved(blocks, &lanes) }
    }

    var isDone: Bool { tracks.allSatisfy { $0.position == nil } }

    /// What was read, if its digests are what it says.
    func finish() throws(PackageFileError) -> PackageFile {
        // The whole file is the only part of the first track, or the last part of the only one.
        guard let head, let digest = tracks[0].digests.last else {
            throw .malformed(path: window.path, what: "it was not read")
        }
        for (claim, found) in zip(claims, tracks[tracks.count - 1].digests) {
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
        for track in tracks { track.begin([], &lanes) }
        window.close()
    }
}
