internal import Cluster
internal import ConfigFiles
internal import Digests
internal import Host

/// A configuration file as it is to be.
struct RenderedFile: Sendable, Equatable {
    var path: String
    var mode: UInt32
    var owner: String?
    var group: String?
    var text: String
}

extension BootPlan {
    /// The role's files with every variable replaced. Deciding only.
    func renderedFiles(_ expansion: Expansion) throws -> [RenderedFile] {
        try part.files.map { file in
            let text: String
            switch file.content {
            case .text(let template): text = try expansion.expand(template)
            case .hadoopXML(let name): text = try HadoopXML.render(try values(name, expansion))
            case .shellEnvironment(let name):
                text = try ShellEnvironment.render(try values(name, expansion))
            }
            return RenderedFile(
                path: try expansion.expand(file.path), mode: UInt32(file.mode),
                owner: file.owner, group: file.group, text: text)
        }
    }

    private func values(_ name: String, _ expansion: Expansion) throws -> [String: String] {
        try expansion.expand(stack.settings(for: name, role: role, cluster: cluster))
    }
}

/// Makes the role's folders and writes its files.
struct RoleFiles: Sendable {
    /// Paths of a stack carry the root themselves.
    private let files = Files()

    /// Counts of what was made or changed.
    func make(_ directories: [StackDirectory], _ expansion: Expansion) throws -> Int {
        var made = 0
        for directory in directories {
            let path = try expansion.expand(directory.path)
            let ownership = try Ownership(
                owner: directory.owner, group: directory.group, of: path)
            let isThere = files.isDirectory(path)
            try files.makeDirectory(path, mode: UInt32(directory.mode))
            let isChanged = try ownership.apply(to: path)
            if isChanged || !isThere { made += 1 }
        }
        return made
    }

    func write(_ rendered: [RenderedFile]) throws -> Int {
        var written = 0
        for file in rendered {
            let ownership = try Ownership(owner: file.owner, group: file.group, of: file.path)
            let folder = file.path.split(separator: "/").dropLast().joined(separator: "/")
            try files.makeDirectory("/" + folder)
            let isNew = try files.writeIfChanged(file.text, to: file.path, mode: file.mode)
            let isChanged = try ownership.apply(to: file.path)
            if isNew || isChanged { written += 1 }
        }
        return written
    }

    static func hash(_ rendered: [RenderedFile]) -> String {
        var hasher = StreamHasher(.sha256)
        for file in rendered { hasher.update(Array("\(file.path)\n\(file.text)\n".utf8)) }
        return hasher.finish().hex
    }
}
