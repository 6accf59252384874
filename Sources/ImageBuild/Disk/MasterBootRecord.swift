/// The first sector of the disk: the loader's first stage and a table of one partition.
enum MasterBootRecord {
    /// The stage's code ends here, the disk signature follows.
    static let codeBytes = 440
    private static let linux: UInt8 = 0x83
    private static let active: UInt8 = 0x80
    /// "Beyond what cylinders, heads and sectors can say": readers take the sector number.
    private static let noGeometry: [UInt8] = [0xfe, 0xff, 0xff]

    static func bytes(
        code: [UInt8], signature: UInt32, layout: DiskLayout
    ) throws(ImageError) -> [UInt8] {
        guard code.count == 512 else {
            throw ImageError("the loader's first stage has \(code.count) bytes, not 512")
        }
        let start = UInt32(DiskLayout.partitionStart / DiskLayout.sectorBytes)
        var entry = [active] + noGeometry + [linux] + noGeometry
        entry += little(start) + little(layout.partitionSectors)
        var sector = Array(code[..<codeBytes])
        sector += little(signature) + [0, 0]
        sector += entry + [UInt8](repeating: 0, count: 48)
        return sector + [0x55, 0xaa]
    }

    private static func little(_ number: UInt32) -> [UInt8] {
        (0..<4).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
    }
}
