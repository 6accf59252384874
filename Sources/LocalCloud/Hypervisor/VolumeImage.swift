internal import CLinux
internal import Glibc
internal import Host

/// A volume: a sparse image file, on a loop device where the lab has such.
struct VolumeImage: Sendable {
    static let releaseLimit = Duration.seconds(10)
    /// Documentation/admin-guide/devices.txt of Linux: 7 block is loop.
    static let loopMajor = 7

    let folder: StateFolder
    let tools: Tools
    let id: String

    var path: String { folder.inside(StateFolder.volume(id)) }

    static func ids(_ folder: StateFolder) throws -> Set<String> {
        guard folder.files.isDirectory(StateFolder.volumes) else { return [] }
        let names = try folder.files.list(StateFolder.volumes).filter { $0.hasSuffix(".img") }
        return Set(names.map { String($0.dropLast(4)) })
    }

    /// Makes the image where it is not there yet. A made one is never changed in size.
    func make(sizeGiB: Int) throws {
        try folder.files.makeDirectory(StateFolder.volumes, mode: 0o700)
        let descriptor = howdah_open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw LabError("cannot make the volume '\(path)': error \(errno)")
        }
        defer { close(descriptor) }
        let size = lseek(descriptor, 0, SEEK_END)
        if size == 0, ftruncate(descriptor, off_t(sizeGiB) << 30) != 0 {
            throw LabError("cannot make '\(path)' \(sizeGiB) GiB large: error \(errno)")
        }
    }

    /// The loop device, such as `/dev/loop3`: the one that is there, else a new one.
    func attachLoop() async throws -> String {
        if let device = try await loops().first { return device }
        try Ledger(folder).record(LedgerEntry(id: entryID, thing: .loop(image: path)))
        let result = try await ProcessRunner().require(tools.losetup, ["--find", "--show", path])
        return result.outputText.split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
    }

    private var entryID: String { "loop/\(id)" }

    /// Nothing, where it never had a loop device.
    func detachLoop() async throws {
        guard try Ledger(folder).entries().contains(where: { $0.id == entryID }) else { return }
        try await Self.release(image: path, tools: tools)
        try Ledger(folder).erase(entryID)
    }

    func delete() async throws {
        try await detachLoop()
        try folder.files.remove(StateFolder.volume(id))
    }

    private func loops() async throws -> [String] {
        try await Self.loops(image: path, tools: tools)
    }

    /// Those of the file that is there.
    static func loops(image: String, tools: Tools) async throws -> [String] {
        guard Files().exists(image) else { return [] }
        let result = try await ProcessRunner().require(
            tools.losetup, ["--associated", image, "--output", "NAME", "--noheadings"])
        return result.outputText.split(whereSeparator: \.isWhitespace).map(String.init)
    }

    /// Those of a file of that name that somebody removed, which they keep alive (`backing_file` of
    /// Documentation/ABI/testing/sysfs-block-loop of Linux).
    static func orphans(image: String, blocks: Files = Files(root: "/sys/block")) -> [String] {
        let names = (try? blocks.list("/")) ?? []
        let parts = image.split(separator: "/")
        let folder = AbsolutePath.of("/" + parts.dropLast().joined(separator: "/"))
        let wanted = Set([image, folder + "/" + (parts.last ?? "")].map { $0 + " (deleted)" })
        return names.filter { name in
            guard name.hasPrefix("loop"),
                let text = try? blocks.text("/\(name)/loop/backing_file")
            else { return false }
            return wanted.contains(String(text.prefix { !$0.isNewline }))
        }.map { "/dev/" + $0 }
    }

    /// Takes the image off its loop devices. One that is mounted in a namespace whose processes
    /// have just ended is still busy for a moment.
    static func release(image: String, tools: Tools) async throws {
        let clock = ContinuousClock()
        let end = clock.now + releaseLimit
        while true {
            let devices = try await loops(image: image, tools: tools) + orphans(image: image)
            if devices.isEmpty { return }
            for device in devices {
                _ = try await ProcessRunner().run(tools.losetup, ["--detach", device])
            }
            if clock.now >= end {
                throw LabError(
                    "waited \(releaseLimit) for '\(devices[0])' of '\(image)' to be released; "
                        + "something still uses it")
            }
            try await clock.sleep(for: .milliseconds(50))
        }
    }
}
