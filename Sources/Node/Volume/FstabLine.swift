/// A line of fstab(5) for one of our mounts, under a comment that says that it is ours.
struct FstabLine: Sendable {
    static let comment = "# howdah, for the next line"

    let uuid: String
    let mount: String
    let type: String

    /// systemd.mount(5): with `nofail` nothing but the boot waits for the device, which it would
    /// otherwise mount beside systemd; the time is more than a slow machine's udev needs to start.
    private static let options = [
        "noatime", "nodev", "nosuid", "nofail", "x-systemd.before=howdah-boot.service",
        "x-systemd.device-timeout=3min",
    ].joined(separator: ",")

    var text: String { "UUID=\(uuid) \(mount) \(type) \(Self.options) 0 2" }

    /// `fstab` with our line for this mount, and no other. Somebody else's line is an error.
    func replacing(in fstab: String) throws(VolumeError) -> String {
        var lines = fstab.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        if lines.last == "" { lines.removeLast() }
        let index = lines.firstIndex(where: isForMount)
        guard let index else {
            return (lines + [Self.comment, text]).joined(separator: "\n") + "\n"
        }
        guard index > 0, lines[index - 1] == Self.comment else {
            throw VolumeError("'/etc/fstab' has another line for '\(mount)'; remove it")
        }
        lines[index] = text
        return lines.joined(separator: "\n") + "\n"
    }

    /// Whether this mount has a line, of whichever file system.
    func isListed(in fstab: String) -> Bool {
        fstab.split(separator: "\n").map(String.init).contains(where: isForMount)
    }

    private func isForMount(_ line: String) -> Bool {
        let fields = line.split(whereSeparator: \.isWhitespace)
        return !line.hasPrefix("#") && fields.count > 1 && fields[1] == mount
    }
}
