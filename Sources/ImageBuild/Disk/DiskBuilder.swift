internal import Host

/// What a disk is asked to be.
public struct DiskOptions: Sendable, Equatable {
    /// Bytes that stay free for what an instance writes; of no account where `size` is given.
    public var free: Int64
    /// The whole disk in bytes; nil: as large as the contents and `free` need.
    public var size: Int64?
    /// What the kernel is told beside its root.
    public var kernelArguments: String

    public static let standardFree: Int64 = 2 << 30

    public init(
        free: Int64 = standardFree, size: Int64? = nil, kernelArguments: String? = nil
    ) {
        self.free = free
        self.size = size
        self.kernelArguments = kernelArguments ?? BootLoader.kernelArguments
    }
}

/// A disk that was made.
public struct BuiltDisk: Codable, Sendable, Equatable {
    public var path: String
    /// Of the disk; fewer are taken, since what is empty is a hole.
    public var bytes: Int64
    public var allocatedBytes: Int64
    public var filesystemUUID: String
    public var partitionUUID: String
    public var kernel: String
}

/// Makes a disk that boots from a tree: GRUB, an MBR and one ext4 partition. Nothing is mounted and
/// no device is used; equal trees give equal disks.
public struct DiskBuilder: Sendable {
    private static let fstab = "/etc/fstab"

    let tree: String
    let options: DiskOptions
    let say: @Sendable (String) -> Void
    private let runner = ProcessRunner()

    /// `tree` is an image of `howdah image build` or a root tree.
    public init(tree: String, options: DiskOptions, say: @escaping @Sendable (String) -> Void) {
        self.tree = tree
        self.options = options
        self.say = say
    }

    /// Writes the disk to `output`, which is there whole or not at all.
    public func build(output: String) async throws -> BuiltDisk {
        let parts = output.split(separator: "/")
        guard let name = parts.last, !output.hasSuffix("/") else {
            throw ImageError("'\(output)' is no file name")
        }
        let folder = (output.hasPrefix("/") ? "/" : "./") + parts.dropLast().joined(separator: "/")
        let source = try DiskTree.open(tree)
        let kernel = try Kernel.find(in: source.root)
        let layout = try DiskLayout(
            contents: source.survey.bytes, files: source.survey.files, free: options.free,
            size: options.size)
        let identity = DiskIdentity(seed: source.seed)
        let disk = try UnnamedFile.make(in: folder, size: layout.diskBytes)
        say("disk: \(layout.diskBytes >> 20) MiB, kernel \(kernel.version)")
        try await loader(disk, identity, layout, folder)
        say("disk: copying \(source.survey.files) files, \(source.survey.bytes >> 20) MiB")
        let filesystem = Ext4(disk: disk.path, epoch: source.epoch, runner: runner)
        try await filesystem.make(from: source.root, identity, layout)
        try await ownFiles(filesystem, source.root, kernel, identity.partitionUUID, folder)
        try await filesystem.setTimes(late: source.survey.late)
        let allocated = try disk.allocatedBytes()
        try disk.publish(as: String(name))
        return BuiltDisk(
            path: output, bytes: layout.diskBytes, allocatedBytes: allocated,
            filesystemUUID: identity.filesystemUUID, partitionUUID: identity.partitionUUID,
            kernel: kernel.version)
    }

    private func loader(
        _ disk: borrowing UnnamedFile, _ identity: DiskIdentity, _ layout: DiskLayout,
        _ folder: String
    ) async throws {
        let record = try MasterBootRecord.bytes(
            code: try BootLoader.firstStage(), signature: identity.signature, layout: layout)
        try disk.write(record)
        let second = try await BootLoader.secondStage(in: folder, runner: runner)
        try disk.write(second, at: DiskLayout.sectorBytes)
    }

    private func ownFiles(
        _ filesystem: Ext4, _ root: String, _ kernel: Kernel, _ partition: String, _ folder: String
    ) async throws {
        let old = try Files(root: root).textIfPresent(Self.fstab) ?? ""
        let fstab = try UnnamedFile.make(in: folder)
        try fstab.write(Array(Fstab.text(old, partition: partition).utf8))
        let menu = try UnnamedFile.make(in: folder)
        let text = BootLoader.menu(
            kernel: kernel, partition: partition, arguments: options.kernelArguments)
        try menu.write(Array(text.utf8))
        try await filesystem.put(
            [(BootLoader.menuPath, menu.path), (Self.fstab, fstab.path)], tree: root)
    }
}
