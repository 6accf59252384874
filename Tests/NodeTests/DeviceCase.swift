import Cluster
import PanelAPI
import Testing

@testable import Node

/// A device as a node may find it, and what is to come of it.
struct DeviceCase: Sendable, CustomTestStringConvertible {
    enum Verdict: Sendable {
        /// Proven blank, and so given a file system.
        case formatted
        /// As it is.
        case mounted
        /// Left as it is; what is said behind the names of volume and device.
        case refused(String)
        /// Likewise, for data without a signature; cmp(1) says where it begins.
        case data
        /// Likewise; the whole of what is said, with DEVICE for the device's path.
        case lost(String)
    }

    var name: String
    var verdict: Verdict
    var bytes = 48 << 20
    var wanted = Storage.Filesystem.ext4
    /// The panel would let it be formatted.
    var claim = VolumeTests.claim()
    var form = LoopVolume.Form()
    /// After it was attached.
    var spoil: @Sendable (LoopVolume) async throws -> Void = { _ in }

    var testDescription: String { name }

    init(
        _ name: String, _ verdict: Verdict,
        _ prepare: @escaping @Sendable (DeviceImage) async throws -> Void = { _ in }
    ) {
        self.name = name
        self.verdict = verdict
        form.prepare = prepare
    }

    func with(_ change: (inout DeviceCase) -> Void) -> DeviceCase {
        var other = self
        change(&other)
        return other
    }

    /// xfs wants 300 MB at least; what is above 64 MiB is not read whole.
    var large: DeviceCase { with { $0.bytes = 320 << 20 } }

    static func signature(
        _ type: String, _ name: String? = nil,
        _ prepare: @escaping @Sendable (DeviceImage) async throws -> Void
    ) -> DeviceCase {
        DeviceCase(name ?? type, .refused("holds a signature of '\(type)'; \(kept)"), prepare)
    }

    static func foreign(
        _ type: String, _ prepare: @escaping @Sendable (DeviceImage) async throws -> Void
    ) -> DeviceCase {
        let words = "holds a file system '\(type)'; only xfs and ext4 are mounted"
        return DeviceCase(type, .refused(words), prepare)
    }

    static func data(
        _ name: String, _ prepare: @escaping @Sendable (DeviceImage) async throws -> Void
    ) -> DeviceCase {
        DeviceCase(name, .data, prepare)
    }

    /// What is said of all that holds something that is not ours.
    static let kept =
        "it is never formatted: look at it on another instance, or launch a new one, "
        + "which gets a new volume"
    static let restore =
        "restore it from a snapshot, or launch a new instance, which gets a new volume"
    static let uuid = "0a1b2c3d-1111-4222-8333-444455556666"
    static let uuidBytes: [UInt8] = [
        0x0a, 0x1b, 0x2c, 0x3d, 0x11, 0x11, 0x42, 0x22, 0x83, 0x33, 0x44, 0x44, 0x55, 0x55, 0x66,
        0x66,
    ]

    static let all: [DeviceCase] = ours + filesystems + tables + members + remains + devices
}
