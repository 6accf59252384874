internal import Digests
internal import Host

/// What a disk is made of: an image of `howdah image build`, or a bare root tree.
struct DiskTree: Sendable {
    /// The root tree itself.
    let root: String
    /// What its identifiers follow from.
    let seed: [UInt8]
    /// Seconds since 1970 that stand for now.
    let epoch: Int64
    let survey: TreeSurvey

    static func open(_ path: String) throws -> DiskTree {
        let files = Files(root: path)
        guard files.isDirectory("/") else { throw ImageError("'\(path)' is no folder") }
        if files.isDirectory("/root"), !files.isDirectory("/etc") {
            return try image(path)
        }
        guard files.isDirectory("/etc"), files.isDirectory("/usr") else {
            throw ImageError(
                "'\(path)' is neither an image (root/ and image.json) nor a root tree (etc/, usr/)")
        }
        let survey = try TreeSurvey.of(path, epoch: nil)
        var scan = TreeScan()
        scan.looksForSecrets = false
        let digest = Digest.of(Array(try scan.run(path).manifest.text.utf8))
        return DiskTree(
            root: path, seed: digest.bytes, epoch: max(1, survey.newest), survey: survey)
    }

    private static func image(_ path: String) throws -> DiskTree {
        let record = try BuiltImage.read(path)
        guard let digest = Digest(.sha256, hex: record.manifest) else {
            throw ImageError("'\(path)/\(BuiltImage.fileName)' has no digest of the manifest")
        }
        let root = path + "/root"
        let epoch = max(1, Int64(record.epoch))
        return DiskTree(
            root: root, seed: digest.bytes, epoch: epoch,
            survey: try TreeSurvey.of(root, epoch: epoch))
    }
}
