internal import CLinux
internal import Glibc
internal import Host

/// A sparse file and its loop device.
struct LoopImage: Sendable {
    static let releaseLimit = Duration.seconds(10)
    /// Documentation/admin-guide/devices.txt of Linux: 7 block is loop.
    static let major = 7

    let folder: StateFolder
    let tools: Tools
    /// In the state folder.
    let name: String
    /// In the ledger.
    let entryID: String

    var path: String { folder.inside(name) }

    /// Makes the file where it is not there. One that is there is never changed in size.
    func make(sizeGiB: Int) throws {
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
    func attach() async throws -> String {
        if let device = try await Self.devices(image: path, tools: tools).first { return device }
        try Ledger(folder).record(LedgerEntry(id: entryID, thing: .loop(image: path)))
        let result = try await ProcessRunner().require(tools.losetup, ["--find", "--show", path])
        return result.outputText.split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
    }

    /// Nothing, where it never had a loop device.
    func detach() async throws {
        guard try Ledger(folder).entries().contains(where: { $0.id == entryID }) else { return }
        try await Self.release(image: path, tools: tools)
        try Ledger(folder).erase(entryID)
    }

    func delete() async throws {
        try await detach()
        try folder.files.remove(name)
    }

    /// 3 of `/dev/loop3`.
    static func minor(_ device: String) throws(LabError) -> Int {
        guard let minor = Int(device.drop { !$0.isNumber }) else {
            throw LabError("'\(device)' is no loop device")
        }
        return minor
    }

    /// Those of the file that is there.
    static func devices(image: String, tools: Tools) async throws -> [String] {
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
            let devices = try await devices(image: image, tools: tools) + orphans(image: image)
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
