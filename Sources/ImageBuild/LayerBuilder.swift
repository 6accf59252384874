internal import Glibc
internal import Host

/// Builds one layer above those that are there.
struct LayerBuilder: Sendable {
    let cache: LayerCache
    let chain: RecipeChain
    let index: Int
    let below: [LayerCache.Layer]
    let epoch: Int
    let refreshesPackages: Bool
    /// Held by all processes of the build.
    let lock: Int32
    let say: @Sendable (String) -> Void

    private var link: RecipeChain.Link { chain.links[index] }
    private var recipe: Recipe { link.recipe }

    func run() async throws -> LayerCache.Layer {
        let work = try cache.makeWork(link.key)
        do {
            try await build(work)
            let tidy = Tidy(
                tree: work + "/tree", epoch: epoch,
                kept: Set(recipe.files.map { String($0.path.dropFirst()) }))
            if toolsRan { try tidy.clean() }
            try tidy.clampTimes()
            try Task.checkCancellation()
            let scan = try TreeScan(isOverlay: !below.isEmpty).run(work + "/tree")
            return try cache.keep(work, key: link.key, name: recipe.name, scan)
        } catch {
            throw try keepLog(work, error)
        }
    }

    /// A tree that is taken as it is stays as it is.
    private var toolsRan: Bool {
        switch recipe.bootstrap {
        case .debian, .dnf: true
        default: !recipe.packages.isEmpty || !recipe.commands.isEmpty
        }
    }

    /// The log outlives the work folder, so that one can read what happened.
    private func keepLog(_ work: String, _ error: any Error) throws -> any Error {
        let log = "\(cache.folder)/\(recipe.name).log"
        let isKept = (try? Files().rename(work + "/log", to: log)) != nil
        cache.discardWork()
        guard let error = error as? ImageError else { return error }
        return ImageError("recipe '\(recipe.name)': \(error)\(isKept ? " (log: '\(log)')" : "")")
    }

    private func build(_ work: String) async throws {
        try await bootstrap(work)
        try await installPackages(work)
        let accounts = try stageAccounts(work)
        let attributes = try Staging(folder: work + "/stage", link: link, accounts: accounts).run()
        let steps =
            TreeScript.unpackStage + attributes + TreeScript.remove(recipe.remove)
            + TreeScript.units(recipe.units) + TreeScript.commands(recipe.commands)
        if !recipe.commands.isEmpty { say("\(recipe.name): running commands in the tree") }
        try await sandbox(work).run(mount + steps, as: "files and commands")
    }

    private var mount: String { TreeScript.mount(layers: below.map(\.tree)) }

    private func sandbox(
        _ work: String, writing folder: String? = nil, hasNetwork: Bool = false
    ) -> Sandbox {
        var environment = ["SOURCE_DATE_EPOCH": "\(epoch)"]
        if hasNetwork { environment.merge(Self.proxies()) { $1 } }
        return Sandbox(
            work: work, writable: folder.map { [$0] } ?? [], hasNetwork: hasNetwork,
            environment: environment, lock: lock)
    }

    private static func proxies() -> [String: String] {
        var found: [String: String] = [:]
        for name in ["http_proxy", "https_proxy", "no_proxy"] {
            for name in [name, name.uppercased()] {
                if let value = getenv(name) { found[name] = String(cString: value) }
            }
        }
        return found
    }

    private func bootstrap(_ work: String) async throws {
        switch recipe.bootstrap {
        case nil: return
        case .debian(let debian):
            let names = BootstrapScript.debianOwn + debian.packages
            try await fetchDebian(debian, names, status: "", work)
            say("\(recipe.name): mmdebstrap, \(debian.packages.count) packages and what they need")
            try await sandbox(work).run(BootstrapScript.debian(debian), as: "mmdebstrap")
        case .dnf(let dnf): try await installDNF(dnf, dnf.packages, work)
        case .folder(let source):
            say("\(recipe.name): copying its folder")
            let path = link.path(of: source) ?? ""
            try await sandbox(work).run(BootstrapScript.folder(path), as: "copying")
        case .tar(let source):
            say("\(recipe.name): unpacking its archive")
            let path = link.path(of: source) ?? ""
            try await sandbox(work).run(BootstrapScript.tar(path), as: "unpacking")
        }
    }

    private func installPackages(_ work: String) async throws {
        if recipe.packages.isEmpty { return }
        switch chain.links.first?.recipe.bootstrap {
        case .debian(let debian):
            let status = stacked(work).locate("var/lib/dpkg/status") ?? ""
            try await fetchDebian(debian, recipe.packages, status: status, work)
            say("\(recipe.name): installing \(recipe.packages.joined(separator: " "))")
            try await sandbox(work).run(
                mount + TreeScript.installDebian(recipe.packages), as: "installing packages")
        case .dnf(let dnf): try await installDNF(dnf, recipe.packages, work)
        default:
            throw ImageError(
                "'packages' needs a lowest recipe whose bootstrap is by mmdebstrap or dnf")
        }
    }

    private func fetchDebian(
        _ debian: DebianBootstrap, _ packages: [String], status: String, _ work: String
    ) async throws {
        say("\(recipe.name): getting packages")
        let folder = "\(cache.packages)/\(debian.suite)"
        try Files().makeDirectory(folder)
        try Files().removeTree(work + "/repo")
        let fetch = AptFetch(
            folder: folder, suite: debian.suite, sources: debian.sources,
            refreshes: refreshesPackages && index == 0)
        let empty = work + "/no-status"
        try Files().write("", to: empty)
        let script = fetch.script(packages, status: status.isEmpty ? empty : status)
        try await sandbox(work, writing: folder, hasNetwork: true)
            .run(script, as: "getting packages")
    }

    private func installDNF(
        _ dnf: DNFBootstrap, _ packages: [String], _ work: String
    ) async throws {
        if packages.isEmpty { return }
        let folder = "\(cache.packages)/dnf-\(dnf.release)"
        try Files().makeDirectory(folder)
        let script = DNFScript(bootstrap: dnf, folder: folder)
        say("\(recipe.name): dnf, \(packages.joined(separator: " "))")
        try await sandbox(work, writing: folder, hasNetwork: true)
            .run(mount + script.install(packages), as: "dnf")
    }

    private func stacked(_ work: String) -> StackedTrees {
        StackedTrees(trees: below.map(\.tree) + [work + "/tree"])
    }

    /// Adds users and groups to what the tree has, and stages the files where they changed.
    private func stageAccounts(_ work: String) throws -> Accounts {
        let stack = stacked(work)
        let stage = work + "/stage"
        try Files().makeDirectory(stage)
        let old = Accounts(
            passwd: try stack.text("etc/passwd"), group: try stack.text("etc/group"),
            shadow: try stack.text("etc/shadow"), gshadow: try stack.text("etc/gshadow"))
        var accounts = old
        for group in recipe.groups { try accounts.add(group) }
        for user in recipe.users { try accounts.add(user) }
        if accounts == old { return accounts }
        try Files().makeDirectory(stage + "/etc")
        for (path, text) in [
            ("etc/passwd", accounts.passwd), ("etc/group", accounts.group),
            ("etc/shadow", accounts.shadow), ("etc/gshadow", accounts.gshadow),
        ] {
            guard let text else { continue }
            try Files().write(text, to: "\(stage)/\(path)")
            if let original = stack.locate(path) {
                try StackedTrees.giveAttributes(of: original, to: "\(stage)/\(path)")
            }
        }
        return accounts
    }
}

/// Looks a file up in trees that lie over each other, without mounting them.
struct StackedTrees {
    /// The lowest first.
    let trees: [String]

    /// The topmost regular file at a path; nil where there is none, or a whiteout.
    func locate(_ path: String) -> String? {
        for tree in trees.reversed() {
            var status = stat()
            let full = "\(tree)/\(path)"
            guard lstat(full, &status) == 0 else { continue }
            return status.st_mode & S_IFMT == S_IFREG ? full : nil
        }
        return nil
    }

    func text(_ path: String) throws -> String? {
        try locate(path).map { try Files().text($0) }
    }

    static func giveAttributes(of path: String, to other: String) throws {
        var status = stat()
        guard lstat(path, &status) == 0 else { throw FileError("stat", path, code: errno) }
        guard lchown(other, status.st_uid, status.st_gid) == 0,
            chmod(other, status.st_mode & 0o7777) == 0
        else { throw FileError("give attributes to", other, code: errno) }
    }
}
