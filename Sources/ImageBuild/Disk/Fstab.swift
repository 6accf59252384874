/// The table of file systems of an image (fstab(5)).
enum Fstab {
    /// What the tree says, with the root file system by its partition: the name that the kernel
    /// finds without an initramfs is the one that systemd checks and remounts.
    static func text(_ old: String, partition: String) -> String {
        let kept = old.split(separator: "\n").filter { line in
            let words = line.split(whereSeparator: { $0 == " " || $0 == "\t" })
            return !line.hasPrefix("#") && words.count > 1 && words[1] != "/"
        }
        let root = "PARTUUID=\(partition) / ext4 defaults 0 1"
        return ([Substring(root)] + kept).joined(separator: "\n") + "\n"
    }
}
