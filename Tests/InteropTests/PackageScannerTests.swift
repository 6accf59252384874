import Digests
import Support
import Testing

@testable import RPM

/// Reading packages with each way of hashing that this processor can do. OpenSSL's digests of the
/// whole bytes are the oracle.
@Suite struct PackageScannerTests {
    static let laneCounts = LaneHasher.possibleCounts + [0]

    @Test(arguments: laneCounts, [true, false])
    func `packages side by side have the digests of their bytes`(
        lanes: Int, checksPayload: Bool
    ) async throws {
        let sizes = [0, 1, 55, 56, 63, 64, 65, 4000, 70_000, 300_000, 1_000_001]
        let kinds = [MadePackage.Claim.sha256, .sha512, .md5, .none]
        var packages = kinds.flatMap { kind in
            sizes.map { MadePackage(payloadSize: $0, claim: kind).bytes }
        }
        var damaged = packages[9]
        damaged[damaged.count - 1] ^= 1
        packages.append(damaged)
        try await withTemporaryDirectory { folder in
            for (index, bytes) in packages.enumerated() {
                try writeFile("\(folder)/\(index).rpm", bytes)
            }
            var found: [Int: Result<PackageFile, PackageFileError>] = [:]
            var next = 0
            var scanner = PackageScanner(.init(checksPayload: checksPayload, lanes: lanes))
            scanner.scan(
                next: {
                    defer { next += 1 }
                    return next < packages.count
                        ? .init(index: next, path: "\(folder)/\(next).rpm") : nil
                }, finished: { found[$0] = $1 })
            #expect(found.count == packages.count)
            for (index, bytes) in packages.enumerated() where index < packages.count - 1 {
                #expect(try found[index]?.get().digest == Digest.of(bytes), "\(index)")
            }
            let last = found[packages.count - 1]
            #expect((try? last?.get())?.digest == (checksPayload ? nil : Digest.of(damaged)))
        }
    }

    @Test(arguments: laneCounts, [MadePackage.Claim.sha512, .md5])
    func `a package is read in a window whatever its digests are`(
        lanes laneCount: Int, claim: MadePackage.Claim
    ) async throws {
        let bytes = MadePackage(payloadSize: 3_000_000, claim: claim).bytes
        try await withTemporaryDirectory { folder in
            try writeFile("\(folder)/x.rpm", bytes)
            var lanes = LaneHasher(lanes: laneCount)
            let slot = lanes == nil ? PackageSlot([nil, nil]) : PackageSlot([0, 1])
            try slot.open(.init(index: 0, path: "\(folder)/x.rpm"), .init(), &lanes)
            var largest = 0
            while true {
                try slot.prepare(&lanes)
                largest = max(largest, slot.windowCapacity)
                if slot.isDone { break }
                slot.moved(lanes?.run() ?? 0, &lanes)
            }
            #expect(try slot.finish().digest == Digest.of(bytes))
            #expect(largest <= 2 * FileWindow.usualCapacity)
        }
    }
}

/// The least that is a package: lead, signature header, header, payload.
struct MadePackage {
    enum Claim: Sendable {
        case sha256, sha512, md5, none
    }

    let bytes: [UInt8]

    init(payloadSize: Int, claim: Claim) {
        let payload = (0..<payloadSize).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }
        var entries: [Entry] = [.text(1000, "made")]
        switch claim {
        case .sha256: entries += [.text(5092, Digest.of(payload).hex), .number(5093, 8)]
        case .sha512: entries += [.text(5092, Digest.of(payload, .sha512).hex), .number(5093, 10)]
        case .md5, .none: break
        }
        let header = Self.header(entries)
        var signature: [Entry] = [.text(273, Digest.of(header).hex)]
        if claim == .md5 {
            signature.append(
                Entry(tag: 1004, type: 7, count: 16, data: Digest.of(header + payload, .md5).bytes))
        }
        var head = PackageHead.leadMagic + [UInt8](repeating: 0, count: 92)
        head += Self.header(signature)
        head += [UInt8](repeating: 0, count: (8 - head.count % 8) % 8)
        bytes = head + header + payload
    }

    private struct Entry {
        let tag, type, count: UInt32
        let data: [UInt8]

        static func text(_ tag: UInt32, _ text: String) -> Entry {
            Entry(tag: tag, type: 6, count: 1, data: Array(text.utf8) + [0])
        }

        static func number(_ tag: UInt32, _ number: UInt32) -> Entry {
            Entry(tag: tag, type: 4, count: 1, data: MadePackage.bigEndian(number))
        }
    }

    private static func bigEndian(_ number: UInt32) -> [UInt8] {
        withUnsafeBytes(of: number.bigEndian) { Array($0) }
    }

    private static func header(_ entries: [Entry]) -> [UInt8] {
        var (index, store): ([UInt8], [UInt8]) = ([], [])
        for entry in entries {
            let fields = [entry.tag, entry.type, UInt32(store.count), entry.count]
            index += fields.flatMap(bigEndian)
            store += entry.data
        }
        return PackageHeader.magic + [0, 0, 0, 0] + bigEndian(UInt32(entries.count))
            + bigEndian(UInt32(store.count)) + index + store
    }
}
