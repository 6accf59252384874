internal import Host

/// A lab removes only its own files, and only in a folder that it took for itself: whose name was
/// given by mistake loses nothing.
extension StateFolder {
    /// All names that a lab makes and `down` removes.
    static let removed = [
        secrets, ledger, image, instances, volumes, load, requests, services, forwards, cloud,
        programs,
    ]
    /// Kept by `down`: what a next start can use, what says why the last one failed, and that the
    /// folder is a lab's.
    static let kept = [marker, labLock, ledgerLock, cache, logs]

    enum Owner: Sendable, Equatable {
        /// The folder is not there, or has nothing in it.
        case nobody
        case lab
        case stranger
    }

    func owner() throws -> Owner {
        guard files.exists("/") else { return .nobody }
        guard files.isDirectory("/"), AbsolutePath.of(path) != "/" else { return .stranger }
        let names = try files.list("/").map { "/" + $0 }
        if names.isEmpty { return .nobody }
        if names.contains(Self.marker) || names.contains(Self.lab) && isLabThere { return .lab }
        // Of a lab that was cleared before there were markers.
        let isCleared = names.contains(Self.labLock) && names.allSatisfy(Self.kept.contains)
        return isCleared ? .lab : .stranger
    }

    private var isLabThere: Bool { (try? readLab()) != nil }

    /// Makes the folder a lab's. Throws where it holds anything else.
    func claim() throws {
        if try owner() == .stranger {
            throw LabError(
                "'\(path)' is not a lab's folder and not empty; give --state a new or an empty one")
        }
        try files.makeDirectory("/", mode: 0o700)
        try files.write("Made by 'howdah local up', which owns this folder.\n", to: Self.marker)
    }

    /// Where images that a lab builds for itself are: they outlive it. Takes the folder for a lab.
    public func imageFolder() throws -> String {
        try claim()
        let folder = Self.cache + "/images"
        try files.makeDirectory(folder)
        return inside(folder)
    }

    /// The lab's record, nil where there is none. Without it nobody knows what the lab started:
    /// one that cannot be read ends whatever would remove something.
    func recordedLab() throws -> Lab? {
        do {
            return try JSONFile.read(Lab.self, from: Self.lab, in: files)
        } catch {
            throw LabError(
                "'\(inside(Self.lab))' cannot be read as a lab's record, so nothing is removed; "
                    + "repair it, or move it away and run 'howdah local down' again: \(error)")
        }
    }
}
