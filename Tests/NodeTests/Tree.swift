import Support

/// All that is in a folder, to see whether something has changed: each path with its kind, mode,
/// owner, size, times and content.
struct Tree: Equatable {
    var entries: [String]

    static func of(_ root: String) async throws -> Tree {
        let script = """
            cd "$1" && find . -printf '%p %y %m %U %G %s %T@ %C@ %l\\n' | sort
            find . -type f -exec sha256sum {} + | sort
            """
        let found = try await Command.run("sh", ["-c", script, "sh", root]).output
        return Tree(entries: found.split(separator: "\n").map(String.init))
    }
}
