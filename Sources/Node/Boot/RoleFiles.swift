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
    var content: Content
    /// The master's address where the file has its name: what it stands for is part of the file for
    /// whoever reads it.
    var masterAddress: String?

    enum Content: Sendable, Equatable {
        case text(String)
        /// Laid over what the file has already.
        case hadoopXML([String: String])
    }

    /// Another value means that whoever reads the file must be started anew.
    func digest(of bytes: [UInt8]) -> String {
        let own = Digest.of(bytes).hex
        return masterAddress.map { "\(own) \($0)" } ?? own
    }

    /// What the file becomes, and what is to be said of it.
    func bytes(over existing: [UInt8]?) throws -> (bytes: [UInt8], notes: [String]) {
        switch content {
        case .text(let text): return (Array(text.utf8), [])
        case .hadoopXML(let properties):
            do {
                let merged = try HadoopXML.merge(properties, into: existing ?? [])
                let notes = merged.overruled.map {
                    "'\(path)' has '\($0)' as final: its value holds, not the cluster's"
                }
                return (merged.bytes, notes)
            } catch {
                throw FileContentError(path: path, cause: error)
            }
        }
    }
}

/// A file that is there and cannot be merged with; it stays as it is.
struct FileContentError: Error, CustomStringConvertible {
    let path: String
    let cause: HadoopXML.Failure

    var description: String { "'\(path)': \(cause); mend it, or remove it to have it made anew" }
}

extension BootPlan {
    /// The role's files with every variable replaced. Deciding only.
    func renderedFiles(_ expansion: Expansion) throws -> [RenderedFile] {
        try part.files.compactMap { file in
            guard let content = try content(of: file, expansion) else { return nil }
            return RenderedFile(
                path: try expansion.expand(file.path), mode: UInt32(file.mode),
                owner: file.owner, group: file.group, content: content,
                masterAddress: try expansion.masterAddress(ifNamedIn: templates(of: file)))
        }
    }

    /// Nil for a list of members: those are no part of what a daemon is started anew for.
    private func content(
        of file: StackFile, _ expansion: Expansion
    ) throws -> RenderedFile.Content? {
        switch file.content {
        case .text(let template): return .text(try expansion.expand(template))
        case .hadoopXML(let name): return .hadoopXML(try values(name, expansion))
        case .shellEnvironment(let name):
            return .text(try ShellEnvironment.render(try values(name, expansion)))
        case .environment(let name):
            let table = try values(name, expansion)
            return .text(try ShellEnvironment.render(table, exports: false))
        case .properties(let name):
            return .text(try PropertiesFile.render(try values(name, expansion)))
        case .members: return nil
        }
    }

    private func values(_ name: String, _ expansion: Expansion) throws -> [String: String] {
        try expansion.expand(stack.settings(for: name, role: role, cluster: cluster))
    }

    /// What a file is made from, before its variables are replaced.
    private func templates(of file: StackFile) -> [String] {
        if case .text(let template) = file.content { return [template] }
        guard let name = file.content.settings else { return [] }
        return Array(stack.settings(for: name, role: role, cluster: cluster).values)
    }
}

extension Expansion {
    /// The master's address if one of the texts has its name, which the hosts file turns into it; a
    /// text with the address itself changes with it anyway.
    func masterAddress(ifNamedIn texts: [String]) throws -> String? {
        let isNamed = try texts.contains {
            try Self.references(in: $0).contains(.masterName)
        }
        return isNamed ? values[.masterAddress] : nil
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

    func write(_ rendered: [RenderedFile]) throws -> WrittenFiles {
        var written = WrittenFiles()
        for file in rendered {
            let ownership = try Ownership(owner: file.owner, group: file.group, of: file.path)
            let folder = file.path.split(separator: "/").dropLast().joined(separator: "/")
            try files.makeDirectory("/" + folder)
            let (bytes, notes) = try file.bytes(over: try files.readIfPresent(file.path))
            let isNew = try files.writeIfChanged(bytes, to: file.path, mode: file.mode)
            let isChanged = try ownership.apply(to: file.path)
            if isNew || isChanged { written.changes += 1 }
            written.notes += notes
            written.digests[file.path] = file.digest(of: bytes)
        }
        return written
    }
}

/// The role's files after they were written.
struct WrittenFiles: Sendable, Equatable {
    /// Files that were made or changed.
    var changes = 0
    var notes: [String] = []
    /// Of the content, by path.
    var digests: [String: String] = [:]

    /// Of these files, or of all where nil; another value means that one has changed.
    func hash(of paths: [String]? = nil) -> String {
        let wanted = digests.filter { paths?.contains($0.key) ?? true }
        let lines = wanted.sorted { $0.key < $1.key }.map { "\($0.key)\n\($0.value)\n" }
        return Digest.of(Array(lines.joined().utf8)).hex
    }
}
