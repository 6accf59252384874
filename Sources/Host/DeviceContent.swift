/// What is on a device.
public enum DeviceContent: Sendable, Equatable {
    case blank(BlankEvidence)
    case filesystem(type: String, uuid: String)
    /// A swap area, a partition table, a RAID member, an encrypted volume, or several at once.
    case signature(String)
    /// No signature, but a byte that is not zero.
    case data(offset: UInt64)
}

extension DeviceContent: CustomStringConvertible {
    public var description: String {
        switch self {
        case .blank(let evidence): "nothing (\(evidence.sampledBytes) bytes of zeros read)"
        case .filesystem(let type, let uuid): "a file system '\(type)' with uuid '\(uuid)'"
        case .signature(let name): "a signature of '\(name)'"
        case .data(let offset): "data without a signature, first at byte \(offset)"
        }
    }
}

/// Shows that a device was found empty: no signature, and zeros wherever it was read. Only
/// ``DeviceProbe`` makes one, and only with one can a file system be made.
public struct BlankEvidence: Sendable, Equatable {
    public let device: String
    /// Bytes.
    public let size: UInt64
    public let sampledBytes: UInt64

    init(device: String, size: UInt64, sampledBytes: UInt64) {
        self.device = device
        self.size = size
        self.sampledBytes = sampledBytes
    }
}

/// A device that cannot be judged.
public struct DeviceError: Error, CustomStringConvertible, Equatable {
    public let device: String
    public let reason: String

    public init(device: String, reason: String) {
        self.device = device
        self.reason = reason
    }

    public var description: String { "device '\(device)': \(reason)" }
}
