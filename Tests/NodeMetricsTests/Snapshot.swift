import FoundationEssentials
import NodeMetrics

/// The kernel's files of one moment, kept below a folder that another program can take for `/proc`.
struct Snapshot {
    /// What sadc wants beside ours.
    static let others = ["/uptime", "/meminfo"]

    let folder: String

    /// Reads them one right after the other; two snapshots are their own seconds apart.
    static func take(into folder: String) throws -> Snapshot {
        let manager = FileManager.default
        try manager.createDirectory(
            atPath: folder + "/net", withIntermediateDirectories: true)
        for name in KernelFile.allCases.map(\.rawValue) + others {
            try Data(contentsOf: URL(filePath: "/proc" + name))
                .write(to: URL(filePath: folder + name))
        }
        return Snapshot(folder: folder)
    }

    func bytes(_ name: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: URL(filePath: folder + name)))
    }

    /// Disks as sar counts them: those with a device behind them.
    func counters() throws -> KernelCounters {
        let uptime = String(decoding: try bytes("/uptime"), as: UTF8.self)
        var counters = KernelCounters(
            seconds: uptime.split(separator: " ").first.flatMap { Double($0) } ?? 0)
        for file in KernelFile.allCases {
            counters.take(file, try bytes(file.rawValue)) { name in
                file != .disks
                    || FileManager.default.fileExists(atPath: "/sys/block/\(name)/device")
            }
        }
        return counters
    }
}
