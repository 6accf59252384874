public import Cluster

extension Recipe {
    static let keys = [
        "howdah-image", "name", "from", "epoch", "bootstrap", "packages", "groups", "users",
        "inputs", "files", "remove", "units", "commands", "checks", "absent",
    ]

    /// Reads a recipe. A key that is unknown, or a value that makes no sense, is an error with its
    /// line; `file` is the name for it.
    public init(_ bytes: [UInt8], file: String) throws(ConfigurationError) {
        let reader = try MappingReader(
            try YAMLNode.parse(bytes, file: file), key: "recipe", file: file, known: Self.keys)
        let version = try reader.required("howdah-image")
        guard version == Self.version else {
            throw reader.failure(
                .badValue(key: "howdah-image", value: version, expected: Self.version),
                line: reader.keyLines["howdah-image"])
        }
        name = try reader.plainName("name")
        from = try reader.string("from")
        bootstrap = try reader.bootstrap()
        guard (from == nil) != (bootstrap == nil) else {
            throw reader.failure(.refused("a recipe has one of 'from' and 'bootstrap'"))
        }
        epoch = try reader.parsed("epoch", expected: "seconds since 1970") { text in
            Int(text).flatMap { $0 >= 0 ? $0 : nil }
        }
        packages = try reader.words("packages")
        groups = try reader.records("groups", RecipeGroup.init)
        users = try reader.records("users", RecipeUser.init)
        inputs = try reader.inputs()
        files = try reader.records("files", RecipeFile.init)
        remove = try reader.paths("remove")
        units = try reader.units()
        commands = try reader.strings("commands")
        checks = try reader.strings("checks")
        absent = try reader.paths("absent")
        try checkInputs(reader)
    }

    /// Each input that is named must be declared by this recipe.
    private func checkInputs(_ reader: MappingReader) throws(ConfigurationError) {
        let declared = inputs.map(\.name)
        for name in usedInputs where !declared.contains(name) {
            throw reader.failure(
                .refused(
                    "input '\(name)' is not under 'inputs'"
                        + (Spelling.nearest(to: name, in: declared).map {
                            ", did you mean '\($0)'?"
                        } ?? "")))
        }
    }

    private var usedInputs: [String] {
        var sources = files.compactMap { file -> RecipeSource? in
            if case .source(let source) = file.content { source } else { nil }
        }
        switch bootstrap {
        case .folder(let source), .tar(let source): sources.append(source)
        default: break
        }
        return sources.compactMap { if case .input(let name) = $0 { name } else { nil } }
    }
}

extension MappingReader {
    fileprivate func plainName(_ key: String) throws(ConfigurationError) -> String {
        let name = try required(key)
        guard Name.isPlain(name) else {
            throw failure(
                .badValue(key: key, value: name, expected: "letters, digits, '.', '_' and '-'"),
                line: keyLines[key])
        }
        return name
    }

    /// Package names and the like: no blanks, and no option of the program they are handed to.
    fileprivate func words(_ key: String) throws(ConfigurationError) -> [String] {
        try checked(key, expected: "a name without blanks") { text in
            !text.isEmpty && text.first != "-" && text.allSatisfy { !$0.isWhitespace }
        }
    }

    fileprivate func paths(_ key: String) throws(ConfigurationError) -> [String] {
        try checked(key, expected: Self.pathWords, Self.isTreePath)
    }

    fileprivate func checked(
        _ key: String, expected: String, _ fits: (String) -> Bool
    ) throws(ConfigurationError) -> [String] {
        var texts: [String] = []
        for item in try list(key) {
            let text = try text(of: item, key)
            guard fits(text) else {
                throw failure(
                    .badValue(key: key, value: text, expected: expected), line: item.line)
            }
            texts.append(text)
        }
        return texts
    }

    fileprivate static let pathWords = "an absolute path without '..'"

    fileprivate static func isTreePath(_ text: String) -> Bool {
        text.hasPrefix("/") && text.count > 1 && !text.split(separator: "/").contains("..")
            && text.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7f }
    }

    fileprivate func path(_ key: String) throws(ConfigurationError) -> String {
        let text = try required(key)
        guard Self.isTreePath(text) else {
            throw failure(
                .badValue(key: key, value: text, expected: Self.pathWords), line: keyLines[key])
        }
        return text
    }

    fileprivate func records<Value>(
        _ key: String, _ make: (YAMLNode, String) throws(ConfigurationError) -> Value
    ) throws(ConfigurationError) -> [Value] {
        var values: [Value] = []
        for item in try list(key) { values.append(try make(item, file)) }
        return values
    }

    fileprivate func identifier() throws(ConfigurationError) -> UInt32 {
        let made = try parsed("id", expected: "a number below 4294967295") { text in
            UInt32(text).flatMap { $0 < UInt32.max ? $0 : nil }
        }
        guard let made else { throw failure(.missingKey("id")) }
        return made
    }

    /// One of the keys that say where content comes from.
    fileprivate func source() throws(ConfigurationError) -> RecipeSource? {
        if let name = try string("input") { return .input(name) }
        return try string("file").map { .file($0) }
    }

    fileprivate func inputs() throws(ConfigurationError) -> [RecipeInput] {
        var inputs: [RecipeInput] = []
        for entry in try entries(of: "inputs") {
            guard Name.isPlain(entry.key) else {
                throw failure(
                    .badValue(key: "inputs", value: entry.key, expected: "a plain name"),
                    line: entry.line)
            }
            if entry.value.isNull {
                inputs.append(RecipeInput(name: entry.key, path: nil, isOptional: false))
                continue
            }
            let reader = try MappingReader(
                entry.value, key: entry.key, file: file, known: ["default", "optional"])
            inputs.append(
                RecipeInput(
                    name: entry.key, path: try reader.string("default"),
                    isOptional: try reader.boolean("optional") ?? false))
        }
        return inputs
    }

    fileprivate func units() throws(ConfigurationError) -> RecipeUnits {
        guard let node = node("units") else { return RecipeUnits() }
        let reader = try MappingReader(
            node, key: "units", file: file, known: ["enable", "disable", "mask"])
        return RecipeUnits(
            enable: try reader.words("enable"), disable: try reader.words("disable"),
            mask: try reader.words("mask"))
    }

    fileprivate func bootstrap() throws(ConfigurationError) -> Bootstrap? {
        guard let node = node("bootstrap") else { return nil }
        let all = [
            "tool", "suite", "sources", "packages", "exclude", "release", "repositories", "file",
            "input",
        ]
        let tool = try MappingReader(node, key: "bootstrap", file: file, known: all)
            .required("tool")
        let known: [String: [String]] = [
            "mmdebstrap": ["tool", "suite", "sources", "packages", "exclude"],
            "dnf": ["tool", "release", "repositories", "packages"],
            "folder": ["tool", "file", "input"], "tar": ["tool", "file", "input"],
        ]
        guard let keys = known[tool] else {
            throw failure(
                .badValue(key: "tool", value: tool, expected: "mmdebstrap, dnf, folder or tar"),
                line: node["tool"]?.line)
        }
        let reader = try MappingReader(node, key: "bootstrap", file: file, known: keys)
        switch tool {
        case "mmdebstrap": return .debian(try reader.debian())
        case "dnf": return .dnf(try reader.dnf())
        default:
            guard let source = try reader.source() else {
                throw reader.failure(.refused("'\(tool)' needs one of 'file' and 'input'"))
            }
            return tool == "tar" ? .tar(source) : .folder(source)
        }
    }

    private func debian() throws(ConfigurationError) -> DebianBootstrap {
        let suite = try plainName("suite")
        var sources = try strings("sources")
        if sources.isEmpty { sources = ["deb http://deb.debian.org/debian \(suite) main"] }
        return DebianBootstrap(
            suite: suite, sources: sources, packages: try words("packages"),
            exclude: try paths("exclude"))
    }

    private func dnf() throws(ConfigurationError) -> DNFBootstrap {
        let repositories = try records("repositories") {
            (node, file) throws(ConfigurationError) in
            let reader = try MappingReader(
                node, key: "repositories", file: file, known: ["id", "baseurl", "gpgkey"])
            return DNFBootstrap.Repository(
                id: try reader.plainName("id"), baseURL: try reader.required("baseurl"),
                key: try reader.string("gpgkey"))
        }
        guard !repositories.isEmpty else { throw failure(.missingKey("repositories")) }
        return DNFBootstrap(
            release: try plainName("release"), repositories: repositories,
            packages: try words("packages"))
    }
}

extension RecipeGroup {
    init(_ node: YAMLNode, file: String) throws(ConfigurationError) {
        let reader = try MappingReader(node, key: "groups", file: file, known: ["name", "id"])
        self.init(name: try reader.plainName("name"), id: try reader.identifier())
    }
}

extension RecipeUser {
    init(_ node: YAMLNode, file: String) throws(ConfigurationError) {
        let reader = try MappingReader(
            node, key: "users", file: file, known: ["name", "id", "group", "home", "shell"])
        let name = try reader.plainName("name")
        self.init(
            name: name, id: try reader.identifier(), group: try reader.string("group") ?? name,
            home: try reader.string("home") ?? "/",
            shell: try reader.string("shell")
                ?? "/usr/sbin/nologin")
        guard (home + shell).allSatisfy({ $0 != ":" && !$0.isNewline }) else {
            throw reader.failure(.refused("'home' and 'shell' may not hold ':'"))
        }
    }
}

extension RecipeFile {
    static let kinds = ["input", "file", "text", "link", "directory"]

    init(_ node: YAMLNode, file: String) throws(ConfigurationError) {
        let reader = try MappingReader(
            node, key: "files", file: file, known: ["to", "mode", "owner", "group"] + Self.kinds)
        let given = Self.kinds.filter { reader.node($0) != nil }
        guard given.count == 1 else {
            throw reader.failure(
                .refused("a file has one of 'input', 'file', 'text', 'link' and 'directory'"))
        }
        let content: Content
        if let source = try reader.source() {
            content = .source(source)
        } else if let text = try reader.string("text") {
            content = .text(text)
        } else if let link = try reader.string("link") {
            content = .link(link)
        } else {
            guard try reader.boolean("directory") == true else {
                throw reader.failure(.refused("'directory' is true or left out"))
            }
            content = .directory
        }
        let mode = reader.node("mode") == nil ? nil : try reader.mode(default: 0)
        self.init(
            path: try reader.path("to"), content: content, mode: mode,
            owner: try reader.string("owner"), group: try reader.string("group"))
    }
}
