/// Makes file systems, on what was proven blank alone. No call here has a force flag, and none may
/// get one: `mkfs.ext4` without a terminal overwrites a live file system with exit 0.
public struct MakeFilesystem: Sendable {
    public enum Kind: String, Sendable, CaseIterable {
        case xfs, ext4
    }

    /// mkfs of a 16 TiB volume took seconds; a slow network disk may take longer.
    public static let deadline = Duration.seconds(300)

    private let runner: ProcessRunner

    public init(runner: ProcessRunner = ProcessRunner()) {
        self.runner = runner
    }

    /// Makes a file system with a UUID of ours. The device is proven blank once more right before,
    /// since the evidence may be old, and looked at afterwards.
    public func run(_ kind: Kind, uuid: String, on evidence: BlankEvidence) async throws {
        let device = evidence.device
        let before = try DeviceProbe.content(of: device)
        guard case .blank = before else {
            throw DeviceError(device: device, reason: "was blank, and now holds \(before)")
        }
        switch kind {
        case .xfs:
            try await runner.require(
                "mkfs.xfs", ["-q", "-m", "uuid=\(uuid)", device], deadline: Self.deadline)
        case .ext4:
            try await runner.require(
                "mkfs.ext4", ["-q", "-U", uuid, device], deadline: Self.deadline)
        }
        let after = try DeviceProbe.content(of: device)
        guard after == .filesystem(type: kind.rawValue, uuid: uuid) else {
            throw DeviceError(
                device: device, reason: "mkfs.\(kind.rawValue) ended well, but it holds \(after)")
        }
    }
}
