internal import CLinux
internal import FoundationEssentials
internal import Glibc
internal import Host

/// A folder in which a build replaces and deletes: one that it made, or found empty. A marker in it
/// says so, which is there before anything else is.
struct OwnFolder: Sendable {
    let marker: String
    /// What the folder is to be, in an error.
    let noun: String
    /// Whether a folder without a marker is ours by what is in it.
    let isKnown: @Sendable (_ folder: String, _ names: [String]) -> Bool

    static let image = OwnFolder(marker: ".howdah-image", noun: "an image") { folder, _ in
        isImage(folder)
    }
    static let cache = OwnFolder(marker: ".howdah-image-cache", noun: "a cache") { folder, names in
        // Packages may be there first: they are shared with other caches.
        Set(names).isSubset(of: ["packages", "lock"]) || isLayers(folder + "/layers")
    }

    /// An empty one is marked; any other that is not ours is an error, and left as it is.
    func claim(_ folder: String) throws {
        let names = try Files().list(folder)
        if names.contains(marker) { return }
        guard folder != "/" else { throw ImageError("'/' cannot be \(noun): name another folder") }
        // The root of a new file system has that one.
        if names.allSatisfy({ $0 == "lost+found" }) {
            try refuseShared(folder)
        } else if !isKnown(folder, names) {
            throw ImageError(
                "'\(folder)' is not empty and is not \(noun) of howdah: name another folder,"
                    + " for what is in this one would be replaced")
        }
        // Not by way of a temporary file: killed, that would be a foreign file in the folder.
        let path = "\(folder)/\(marker)"
        let descriptor = howdah_open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw FileError("write", path, code: errno) }
        close(descriptor)
    }

    /// One that all may write to, as `/tmp`, is not for one build to close.
    private func refuseShared(_ folder: String) throws {
        var status = stat()
        guard stat(folder, &status) == 0 else { throw FileError("stat", folder, code: errno) }
        guard status.st_mode & S_IWOTH == 0 else {
            throw ImageError("every user may write to '\(folder)': name a folder in it")
        }
    }

    /// By what every version of `image.json` has.
    private static func isImage(_ folder: String) -> Bool {
        struct Record: Decodable {
            var format: Int
            var layers: [BuiltImage.Layer]
            var manifest: String
        }
        guard let json = try? Files().readIfPresent("\(folder)/\(BuiltImage.fileName)") else {
            return false
        }
        return (try? JSONDecoder().decode(Record.self, from: Data(json))) != nil
    }

    private static func isLayers(_ folder: String) -> Bool {
        guard let names = try? Files().list(folder) else { return false }
        return !names.isEmpty
            && names.allSatisfy { $0.utf8.count == 64 && $0.allSatisfy(\.isHexDigit) }
    }
}
