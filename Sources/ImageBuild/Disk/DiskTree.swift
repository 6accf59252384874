internal import FoundationEssentials
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
            return try image(path, files)
        }
        guard files.isDirectory("/etc"), files.isDirectory("/usr") else {
            throw ImageError(
                "'\(path)' is neither an image (root/ and image.json) nor a root tree (etc/, usr/)")
        }
        let survey = try TreeSurvey.of(path, epoch: nil)
        return DiskTree(
            root: path, seed: survey.digest, epoch: max(1, survey.newest), survey: survey)
    }

    private struct Record: Decodable {
        var epoch: Int64
        var manifest: String
    }

    private static func image(_ path: String, _ files: Files) throws -> DiskTree {
        guard let text = try files.readIfPresent("/image.json") else {
            throw ImageError(
                "'\(path)' is no finished image: image.json is missing; run 'howdah image build'")
        }
        let record = try JSONDecoder().decode(Record.self, from: Data(text))
        let root = path + "/root"
        let epoch = max(1, record.epoch)
        return DiskTree(
            root: root, seed: Array(record.manifest.utf8), epoch: epoch,
            survey: try TreeSurvey.of(root, epoch: epoch))
    }
}
