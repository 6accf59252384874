internal import Host

/// The kernel of a tree, as the loader names it.
struct Kernel: Sendable, Equatable {
    /// Such as `6.1.0-56-cloud-amd64`.
    let version: String
    /// `/vmlinuz` where the tree has that link, which the distribution keeps at the newest kernel;
    /// else the file itself.
    let path: String
    /// Nil: the kernel mounts its root by itself.
    let initrd: String?

    private static let prefix = "vmlinuz-"

    static func find(in tree: String) throws -> Kernel {
        let files = Files(root: tree)
        let names = files.isDirectory("/boot") ? try files.list("/boot") : []
        let versions = names.filter { $0.hasPrefix(prefix) && !$0.contains("rescue") }
            .map { String($0.dropFirst(prefix.count)) }
        guard !versions.isEmpty else {
            throw ImageError(
                "'\(tree)' has no kernel in /boot; the recipes of images/machine add one")
        }
        let linked = try files.linkTarget("/vmlinuz").flatMap { target in
            versions.first { target.hasSuffix("boot/" + prefix + $0) }
        }
        guard let version = linked ?? (versions.count == 1 ? versions[0] : nil) else {
            throw ImageError(
                "'\(tree)' has the kernels \(versions.joined(separator: ", ")) and no link "
                    + "/vmlinuz that says which boots; remove all but one")
        }
        let initrd = ["initrd.img-\(version)", "initramfs-\(version).img"].first {
            names.contains($0)
        }
        return Kernel(
            version: version, path: linked == nil ? "/boot/\(prefix)\(version)" : "/vmlinuz",
            initrd: initrd.map { "/boot/\($0)" })
    }
}
