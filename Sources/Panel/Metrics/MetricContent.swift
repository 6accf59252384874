internal import FoundationEssentials

/// The values of one row, by their names' ids: two bytes of id and a number's eight each,
/// little-endian.
enum RawContent {
    static let entryBytes = 10

    static func encode(_ values: [(name: Int, value: Double)]) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(values.count * entryBytes)
        for (name, value) in values {
            bytes.append(id: name)
            bytes.append(value)
        }
        return bytes
    }

    static func decode(_ bytes: [UInt8]) -> [(name: Int, value: Double)] {
        stride(from: 0, through: bytes.count - entryBytes, by: entryBytes).map {
            (bytes.id(at: $0), bytes.double(at: $0 + 2))
        }
    }

    /// One of the values, without reading the others.
    static func value(of name: Int, in content: Data) -> Double? {
        content.withUnsafeBytes { bytes in
            for start in stride(from: 0, through: bytes.count - entryBytes, by: entryBytes) {
                let id = bytes.loadUnaligned(fromByteOffset: start, as: UInt16.self)
                guard Int(UInt16(littleEndian: id)) == name else { continue }
                return Double(
                    bitPattern: UInt64(
                        littleEndian: bytes.loadUnaligned(
                            fromByteOffset: start + 2, as: UInt64.self)))
            }
            return nil
        }
    }
}

/// What the values of a metric over some seconds come to.
struct MetricSummary: Sendable, Equatable {
    var least: Double
    var greatest: Double
    var mean: Double
    var count: Int

    init(least: Double, greatest: Double, mean: Double, count: Int) {
        self.least = least
        self.greatest = greatest
        self.mean = mean
        self.count = count
    }

    init(_ value: Double) {
        self.init(least: value, greatest: value, mean: value, count: 1)
    }

    /// Both together; the mean is weighed by how many each has seen.
    func joined(with other: MetricSummary) -> MetricSummary {
        let all = count + other.count
        return MetricSummary(
            least: min(least, other.least), greatest: max(greatest, other.greatest),
            mean: mean + (other.mean - mean) * Double(other.count) / Double(all), count: all)
    }
}

/// Summaries by their names' ids: two bytes of id, then least, greatest, mean and count as eight
/// bytes each.
enum SpanContent {
    static let entryBytes = 34

    static func encode(_ summaries: [(name: Int, summary: MetricSummary)]) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(summaries.count * entryBytes)
        for (name, summary) in summaries {
            bytes.append(id: name)
            bytes.append(summary.least)
            bytes.append(summary.greatest)
            bytes.append(summary.mean)
            bytes.append(Double(summary.count))
        }
        return bytes
    }

    static func decode(_ bytes: [UInt8]) -> [(name: Int, summary: MetricSummary)] {
        stride(from: 0, through: bytes.count - entryBytes, by: entryBytes).map { start in
            (
                bytes.id(at: start),
                MetricSummary(
                    least: bytes.double(at: start + 2), greatest: bytes.double(at: start + 10),
                    mean: bytes.double(at: start + 18), count: Int(bytes.double(at: start + 26)))
            )
        }
    }
}

extension [UInt8] {
    fileprivate mutating func append(id: Int) {
        append(UInt8(truncatingIfNeeded: id))
        append(UInt8(truncatingIfNeeded: id >> 8))
    }

    fileprivate mutating func append(_ value: Double) {
        Swift.withUnsafeBytes(of: value.bitPattern.littleEndian) { append(contentsOf: $0) }
    }

    fileprivate func id(at start: Int) -> Int { Int(self[start]) | Int(self[start + 1]) << 8 }

    fileprivate func double(at start: Int) -> Double {
        var bits: UInt64 = 0
        for index in (start..<start + 8).reversed() { bits = bits << 8 | UInt64(self[index]) }
        return Double(bitPattern: bits)
    }
}
