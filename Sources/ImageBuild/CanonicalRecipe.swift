extension Recipe {
    /// The recipe in one fixed form: two that mean the same give the same text, however they are
    /// laid out, and two that differ never do. Checks are left out: they change no tree.
    var canonicalText: String {
        var text = CanonicalLines()
        text.add("recipe", Self.version, name)
        bootstrap.map { text.add($0) }
        text.add("packages", packages)
        for group in groups { text.add("group", group.name, "\(group.id)") }
        for user in users {
            text.add("user", user.name, "\(user.id)", user.group, user.home, user.shell)
        }
        for file in files { text.add(file) }
        text.add("remove", remove)
        text.add("enable", units.enable)
        text.add("disable", units.disable)
        text.add("mask", units.mask)
        text.add("commands", commands)
        return text.text
    }
}

/// Lines of fields, each with its length before it, so that no field can pass for two.
struct CanonicalLines {
    private(set) var text = ""

    mutating func add(_ fields: String...) { add(fields: fields) }

    mutating func add(_ kind: String, _ items: [String]) {
        if !items.isEmpty { add(fields: [kind] + items) }
    }

    private mutating func add(fields: [String]) {
        text += fields.map { "\($0.utf8.count):\($0)" }.joined(separator: " ") + "\n"
    }

    mutating func add(_ bootstrap: Bootstrap) {
        switch bootstrap {
        case .debian(let debian):
            add("mmdebstrap", debian.suite)
            add("sources", debian.sources)
            add("base packages", debian.packages.sorted())
            add("exclude", debian.exclude)
        case .dnf(let dnf):
            add("dnf", dnf.release)
            for repository in dnf.repositories {
                add("repository", repository.id, repository.baseURL, repository.key ?? "")
            }
            add("base packages", dnf.packages.sorted())
        case .folder: add("folder")
        case .tar: add("tar")
        }
    }

    /// A source by its name: what is in it goes into the key once, under that name.
    mutating func add(_ file: RecipeFile) {
        let mode = file.mode.map { String($0, radix: 8) } ?? ""
        let attributes = [mode, file.owner ?? "", file.group ?? ""]
        switch file.content {
        case .source(let source):
            add(fields: ["file", file.path] + attributes + [LayerKey.name(of: source)])
        case .text(let text): add(fields: ["text", file.path] + attributes + [text])
        case .link(let target): add(fields: ["link", file.path] + attributes + [target])
        case .directory: add(fields: ["directory", file.path] + attributes)
        }
    }
}
