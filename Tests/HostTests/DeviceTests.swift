import FoundationEssentials
import Testing

@testable import Host

/// Image files: libblkid and mkfs treat them as they treat devices, so that no root is needed.
@Suite struct DeviceTests {
    static let uuid = UUID().uuidString.lowercased()
    static let mebibyte = 1 << 20
    let folder: Folder
    let image: String
    let shell = ProcessRunner()

    init() throws {
        folder = try Folder()
        image = folder.path + "/image"
    }

    func makeImage(mebibytes: Int = 400) async throws {
        try await shell.require("truncate", ["-s", "\(mebibytes)M", image])
    }

    func put(_ bytes: [UInt8], at offset: Int) async throws {
        try await shell.require(
            "dd", ["of=\(image)", "bs=1", "seek=\(offset)", "conv=notrunc", "status=none"],
            input: bytes)
    }

    func zero(_ count: Int) async throws {
        try await shell.require(
            "dd", ["if=/dev/zero", "of=\(image)", "bs=\(count)", "count=1", "conv=notrunc"])
    }

    @Test func `an empty device is blank, and the evidence says how much was read`() async throws {
        try await makeImage()
        guard case .blank(let evidence) = try DeviceProbe.content(of: image) else {
            Issue.record("not blank: \(try DeviceProbe.content(of: image))")
            return
        }
        #expect(evidence.size == 400 << 20)
        #expect(evidence.sampledBytes > 10 << 20)
    }

    @Test(arguments: MakeFilesystem.Kind.allCases)
    func `a file system is made where there was nothing, with our uuid, as blkid sees it too`(
        kind: MakeFilesystem.Kind
    ) async throws {
        try await makeImage()
        guard case .blank(let evidence) = try DeviceProbe.content(of: image) else { return }
        try await MakeFilesystem().run(kind, uuid: Self.uuid, on: evidence)
        #expect(
            try DeviceProbe.content(of: image)
                == .filesystem(type: kind.rawValue, uuid: Self.uuid))
        let seen = try await shell.require(
            "blkid", ["-p", "-o", "value", "-s", "UUID", "-s", "TYPE", image])
        #expect(
            Set(seen.outputText.split(separator: "\n").map(String.init))
                == [Self.uuid, kind.rawValue])
    }

    @Test(arguments: MakeFilesystem.Kind.allCases)
    func `a formatted volume is never formatted again, even with old evidence`(
        kind: MakeFilesystem.Kind
    ) async throws {
        try await makeImage()
        guard case .blank(let evidence) = try DeviceProbe.content(of: image) else { return }
        try await shell.require("mkfs.\(kind.rawValue)", ["-q", image])
        let before = try await digest()
        for other in MakeFilesystem.Kind.allCases {
            await #expect(throws: DeviceError.self) {
                try await MakeFilesystem().run(other, uuid: Self.uuid, on: evidence)
            }
        }
        #expect(try await digest() == before)
    }

    @Test(arguments: ["xfs", "ext4", "ext4 -b 1024", "ext4 -b 2048"])
    func `a file system whose first 4 KiB were zeroed is not blank`(kind: String) async throws {
        try await makeImage()
        let words = kind.split(separator: " ").map(String.init)
        try await shell.require("mkfs.\(words[0])", ["-q"] + words.dropFirst() + [image])
        try await zero(4096)
        guard case .data = try DeviceProbe.content(of: image) else {
            Issue.record("found \(try DeviceProbe.content(of: image))")
            return
        }
    }

    @Test(arguments: ["xfs", "ext4"])
    func `backup superblocks alone give a file system away`(kind: String) async throws {
        try await makeImage()
        try await shell.require("mkfs.\(kind)", ["-q", image])
        let first = SamplePlan.ranges(size: 400 << 20)[0]
        try await zero(Int(first.upperBound))
        guard case .data = try DeviceProbe.content(of: image) else {
            Issue.record("found \(try DeviceProbe.content(of: image))")
            return
        }
    }

    @Test func `swap and a partition table are signatures`() async throws {
        try await makeImage()
        try await shell.require("mkswap", [image])
        #expect(try DeviceProbe.content(of: image) == .signature("swap"))
        try await shell.require("truncate", ["-s", "0", image])
        try await makeImage()
        // One Linux partition of 100,000 sectors from sector 2048 on, as fdisk(8) writes it.
        let entry: [UInt8] = [0, 32, 33, 0, 0x83, 57, 51, 6, 0, 8, 0, 0, 0xa0, 0x86, 1, 0]
        try await put(entry, at: 446)
        try await put([0x55, 0xaa], at: 510)
        #expect(try DeviceProbe.content(of: image) == .signature("dos partition table"))
        let seen = try await shell.require("blkid", ["-p", "-o", "value", "-s", "PTTYPE", image])
        #expect(seen.outputText == "dos\n")
    }

    @Test func `data without a signature is found, with its place`() async throws {
        try await makeImage()
        try await put(Array("hello".utf8), at: 5000)
        #expect(try DeviceProbe.content(of: image) == .data(offset: 5000))
    }

    @Test func `one byte in the middle of a sample, or the very last one, is enough`() async throws
    {
        let ranges = SamplePlan.ranges(size: 400 << 20)
        let middle = ranges[ranges.count / 2]
        for offset in [Int(middle.lowerBound) + middle.count / 2, 400 * Self.mebibyte - 1] {
            try await shell.require("truncate", ["-s", "0", image])
            try await makeImage()
            try await put([1], at: offset)
            #expect(try DeviceProbe.content(of: image) == .data(offset: UInt64(offset)))
        }
    }

    @Test func `a small device is read whole`() async throws {
        try await makeImage(mebibytes: 20)
        try await put([1], at: 12_345_678)
        #expect(try DeviceProbe.content(of: image) == .data(offset: 12_345_678))
    }

    @Test func `what is too small, or no device, is an error`() async throws {
        try folder.files.write("x", to: "/image")
        #expect(throws: DeviceError.self) { try DeviceProbe.content(of: image) }
        #expect(throws: FileError.self) { try DeviceProbe.content(of: "/dev/null") }
        #expect(throws: FileError.self) { try DeviceProbe.content(of: folder.path + "/none") }
    }

    @Test(
        arguments: [
            0, 1, 64 << 20, (64 << 20) + 1, 1 << 30, (200 << 30) + 512, 64 << 40,
        ] as [UInt64])
    func `samples ascend within the device and stay few`(size: UInt64) {
        let ranges = SamplePlan.ranges(size: size)
        #expect(zip(ranges, ranges.dropFirst()).allSatisfy { $0.upperBound < $1.lowerBound })
        #expect(ranges.allSatisfy { !$0.isEmpty && $0.upperBound <= size })
        #expect(ranges.last?.upperBound ?? 0 == size)
        #expect(ranges.reduce(0) { $0 + $1.count } <= 65 << 20)
    }

    func digest() async throws -> String {
        try await shell.require("sha256sum", [image]).outputText
    }
}
