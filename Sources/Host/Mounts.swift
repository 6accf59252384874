internal import CLinux
internal import Glibc

/// One line of `/proc/self/mountinfo` (proc(5)).
public struct MountEntry: Sendable, Equatable {
    /// `major:minor` of the file system.
    public let device: String
    /// The directory of the file system that is seen at the mount point.
    public let root: String
    public let mountPoint: String
    public let type: String
    public let source: String

    /// Nil for a line that is none.
    public init?(line: some StringProtocol) {
        let halves = line.split(separator: " - ", maxSplits: 1)
        guard halves.count == 2 else { return nil }
        let before = halves[0].split(separator: " ")
        let after = halves[1].split(separator: " ")
        guard before.count >= 6, after.count >= 2 else { return nil }
        device = String(before[2])
        root = Self.unescaped(before[3])
        mountPoint = Self.unescaped(before[4])
        type = String(after[0])
        source = Self.unescaped(after[1])
    }

    /// The kernel writes blank, tab, line feed and backslash as `\` and three octal digits.
    private static func unescaped(_ text: some StringProtocol) -> String {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            let digits = String(decoding: rest.prefix(3), as: UTF8.self)
            if byte == UInt8(ascii: "\\"), digits.count == 3, let code = UInt8(digits, radix: 8) {
                bytes.append(code)
                rest = rest.dropFirst(3)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

/// What is mounted in a process's mount namespace: this one's, unless told otherwise.
public struct Mounts: Sendable {
    private let proc: String
    private let process: String

    public init(proc: String = "/proc", process: Int32? = nil) {
        self.proc = proc
        self.process = process.map { "\($0)" } ?? "self"
    }

    public func entries() throws(FileError) -> [MountEntry] {
        try Files(root: proc).text("/\(process)/mountinfo").split(separator: "\n")
            .compactMap { MountEntry(line: $0) }
    }

    /// The topmost file system at exactly this path; nil if nothing is mounted there.
    public func entry(at path: String) throws(FileError) -> MountEntry? {
        try entries().last { $0.mountPoint == path }
    }

    /// Mounts a device. The directory must be there.
    public func mount(_ device: String, at path: String, type: String) throws(FileError) {
        let flags = UInt(MS_NOATIME | MS_NODEV | MS_NOSUID)
        guard CLinux.mount(device, path, type, flags, nil) == 0 else {
            throw FileError("mount \(type) of '\(device)' at", path, code: errno)
        }
    }

    public func unmount(_ path: String) throws(FileError) {
        guard umount2(path, 0) == 0 else { throw FileError("unmount", path, code: errno) }
    }

    /// `major:minor` of a block device, as `MountEntry.device` has it.
    public static func number(of device: String) throws(FileError) -> String {
        let status = try FileHandle.open(device, O_RDONLY, for: "stat").status()
        return "\(gnu_dev_major(status.st_rdev)):\(gnu_dev_minor(status.st_rdev))"
    }
}
