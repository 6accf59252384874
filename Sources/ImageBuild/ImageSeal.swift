internal import Digests
internal import FoundationEssentials
internal import Glibc
internal import Host

/// Makes an image of layers: what they show together is checked, copied and described.
struct ImageSeal: Sendable {
    let chain: RecipeChain
    /// The lowest first.
    let layers: [LayerCache.Layer]
    let epoch: Int
    let architecture: String
    /// In the output folder, so that what is in it is put in place by renaming.
    let work: String
    let lock: Int32
    let say: @Sendable (String) -> Void

    func write(to output: String) async throws -> BuiltImage {
        try Files().removeTree(work)
        do {
            try Files().makeDirectory(work + "/root")
            let image = try await fill()
            try Task.checkCancellation()
            try replace(output)
            return image
        } catch {
            try? Files().removeTree(work)
            throw error
        }
    }

    private func fill() async throws -> BuiltImage {
        let merged = MergedTree(layers: layers.map(\.manifest))
        let manifest = merged.manifest
        try checkAbsence(merged, manifest)
        say("copying \(manifest.entries.count) files, \(manifest.size >> 20) MiB")
        try TreeCopy(layers: layers.map(\.tree), output: work + "/root").run(merged)
        let time = timespec(tv_sec: epoch, tv_nsec: 0)
        _ = chmod(work + "/root", 0o755)
        _ = utimensat(AT_FDCWD, work + "/root", [time, time], 0)
        try await check()
        let text = Array(manifest.text.utf8)
        let image = BuiltImage(
            name: chain.links.last?.recipe.name ?? "", architecture: architecture,
            layers: zip(chain.links, layers).map { link, layer in
                .init(recipe: link.recipe.name, key: link.key, bytes: layer.manifest.size)
            },
            rules: chain.rules, epoch: epoch, manifest: Digest.of(text).hex,
            files: manifest.entries.count, bytes: manifest.size, packages: try await packages())
        try Files().write(text, to: work + "/manifest")
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        let json = try encoder.encode(image) + Data("\n".utf8)
        try Files().write(Array(json), to: "\(work)/\(BuiltImage.fileName)")
        try FileSystem.sync(work)
        return image
    }

    /// `image.json` goes first and comes last: at no moment does it describe another tree.
    private func replace(_ output: String) throws {
        try Files().remove("\(output)/\(BuiltImage.fileName)")
        let old = work + "/old"
        if Files().exists(output + "/root") { try Files().rename(output + "/root", to: old) }
        for name in ["root", "manifest", BuiltImage.fileName] {
            try Files().rename("\(work)/\(name)", to: "\(output)/\(name)")
        }
        try Files().removeTree(work)
    }

    private func checkAbsence(_ merged: MergedTree, _ manifest: Manifest) throws {
        var suspects: [String: String] = [:]
        for item in merged.items {
            suspects[item.entry.path] = layers[item.layer].suspects[item.entry.path]
        }
        let rules = AbsenceRules(own: chain.links.flatMap(\.recipe.absent))
        let found = try rules.violations(manifest, suspects: suspects) { path in
            guard let item = merged[path] else { return "" }
            let name = String(decoding: TreePath.unescape(path) ?? [], as: UTF8.self)
            return try Files().text("\(layers[item.layer].tree)/\(name)")
        }
        if found.isEmpty { return }
        let shown = found.prefix(AbsenceRules.maximumShown).joined(separator: "; ")
        let more = found.count - AbsenceRules.maximumShown
        throw ImageError(
            "the image would hold what must be absent: \(shown)"
                + (more > 0 ? "; and \(more) more" : ""))
    }

    /// The recipes' own checks, in the tree as it will be.
    private func check() async throws {
        let checks = chain.links.flatMap(\.recipe.checks)
        if checks.isEmpty { return }
        say("checking: \(checks.joined(separator: "; "))")
        let folder = work + "/checks"
        try Files().makeDirectory(folder)
        let script =
            TreeScript.mountReadOnly(work + "/root") + TreeScript.commands(checks)
        try await Sandbox(work: folder, lock: lock).run(script, as: "a check")
        try Files().removeTree(folder)
    }

    private func packages() async throws -> [String: String] {
        let status = "\(work)/root/var/lib/dpkg/status"
        if let text = try Files().textIfPresent(status, limit: 64 << 20) {
            return PackageList.debian(text)
        }
        let database = "\(work)/root\(DNFScript.database)/rpmdb.sqlite"
        return Files().exists(database) ? try await rpmPackages(database) : [:]
    }

    /// From a copy of the database: who opens one writes beside it.
    private func rpmPackages(_ database: String) async throws -> [String: String] {
        let folder = work + "/packages"
        try Files().makeDirectory(folder)
        let script = """
            mkdir $W/db; cp \(shellQuoted(database)) $W/db/
            rpm --dbpath $W/db -qa --qf '%{NAME} %{VERSION}-%{RELEASE}\\n' >$W/list

            """
        try await Sandbox(work: folder, lock: lock).run(script, as: "listing packages")
        let list = try Files().text(folder + "/list")
        try Files().removeTree(folder)
        let pairs = list.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
        return Dictionary(pairs.filter { $0.count == 2 }.map { ($0[0], $0[1]) }) { $1 }
    }
}

/// Which packages a tree holds.
enum PackageList {
    /// From dpkg's status file (deb-control(5)): names with versions of what is installed.
    static func debian(_ status: String) -> [String: String] {
        var packages: [String: String] = [:]
        var name = ""
        var isInstalled = false
        for line in status.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.hasPrefix("Package: ") {
                name = String(line.dropFirst(9))
                isInstalled = false
            } else if line.hasPrefix("Status: ") {
                isInstalled = line.hasSuffix(" installed")
            } else if line.hasPrefix("Version: "), isInstalled {
                packages[name] = String(line.dropFirst(9))
            }
        }
        return packages
    }
}
