public import ArgumentParser
public import Cluster
internal import ImageBuild

struct ImageDisk: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "disk",
        abstract: "Make a disk that boots from an image.",
        discussion: """
            Example: howdah image disk build/slave --output slave.raw

            The disk has GRUB for BIOS machines, an MBR and one ext4 partition with the tree; its \
            empty parts are holes. Equal trees give equal disks, byte by byte. Nothing is mounted, \
            and the file is there whole or not at all.
            """)

    @Argument(
        help: "An image of 'howdah image build', or a root tree with a kernel.",
        completion: .directory)
    var tree: String

    @Option(help: "The file to write.", completion: .file())
    var output: String

    @Option(help: "How much room to leave for what an instance writes.")
    var free = ByteSize(bytes: DiskOptions.standardFree)

    @Option(help: "The size of the whole disk, in place of --free.")
    var size: ByteSize?

    @Option(help: "What the kernel is told beside its root, in place of consoles and time-outs.")
    var kernelArguments: String?

    @Flag(help: "Print the result as JSON.")
    var json = false

    func run() async throws {
        let options = DiskOptions(
            free: free.bytes, size: size?.bytes, kernelArguments: kernelArguments)
        let built = try await DiskBuilder(
            tree: absolutePath(tree), options: options, say: { Terminal.progress($0) }
        ).build(output: absolutePath(output))
        if json { return try Terminal.printJSON(built) }
        print(
            "\(built.path): \(built.bytes >> 20) MiB, \(built.allocatedBytes >> 20) MiB of it "
                + "taken; kernel \(built.kernel), root PARTUUID=\(built.partitionUUID)")
    }
}

extension ByteSize: ExpressibleByArgument {
    public init?(argument: String) {
        self.init(argument)
    }

    public var defaultValueDescription: String { description }
}
