internal import Host

/// A volume: a sparse image file, on a loop device where the lab has such.
struct VolumeImage: Sendable {
    let folder: StateFolder
    let tools: Tools
    let id: String

    var path: String { folder.inside(StateFolder.volume(id)) }
    var loop: LoopImage {
        LoopImage(folder: folder, tools: tools, name: StateFolder.volume(id), entryID: "loop/\(id)")
    }

    static func ids(_ folder: StateFolder) throws -> Set<String> {
        guard folder.files.isDirectory(StateFolder.volumes) else { return [] }
        let names = try folder.files.list(StateFolder.volumes).filter { $0.hasSuffix(".img") }
        return Set(names.map { String($0.dropLast(4)) })
    }

    /// Makes the file where it is not there.
    func make(sizeGiB: Int) throws {
        try folder.files.makeDirectory(StateFolder.volumes, mode: 0o700)
        try loop.make(sizeGiB: sizeGiB)
    }

    func detachLoop() async throws { try await loop.detach() }

    func delete() async throws { try await loop.delete() }
}
