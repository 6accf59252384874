import FoundationEssentials

/// The project's own files, as the style tests read them.
enum SourceTree {
    static let root: String = {
        var parts = #filePath.split(separator: "/")
        parts.removeLast(3)
        return "/" + parts.joined(separator: "/")
    }()

    struct File: Sendable, CustomStringConvertible {
        /// Relative to the root of the project.
        let path: String
        let lines: [Substring]

        var description: String { path }

        /// `Sources/X/…` gives X.
        var target: String { path.split(separator: "/").dropFirst().first.map(String.init) ?? "" }
    }

    /// Every Swift file below the folders, of `Sources` and `Tests`, in order of path.
    static func swiftFiles(below folders: [String]) throws -> [File] {
        try swift.get().filter { file in folders.contains { file.path.hasPrefix($0 + "/") } }
    }

    /// Read once for all tests.
    private static let swift = Result {
        try textFiles(below: ["Sources", "Tests"]) { $0.hasSuffix(".swift") }
    }

    /// Every file that is UTF-8 text.
    static func textFiles(
        below folders: [String], where isWanted: (String) -> Bool = { _ in true }
    ) throws -> [File] {
        var files: [File] = []
        for folder in folders {
            let paths = FileManager.default.enumeratedPaths(below: root + "/" + folder)
            for path in paths where isWanted(path) {
                // Folders and binary files have none.
                guard
                    let text = try? String(
                        contentsOfFile: "\(root)/\(folder)/\(path)", encoding: .utf8)
                else { continue }
                let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
                files.append(File(path: "\(folder)/\(path)", lines: lines))
            }
        }
        return files.sorted { $0.path < $1.path }
    }
}

extension FileManager {
    fileprivate func enumeratedPaths(below folder: String) -> [String] {
        (try? subpathsOfDirectory(atPath: folder)) ?? []
    }
}
