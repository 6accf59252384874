import Foundation
import Support
import Testing

@testable import Panel

/// A headless chromium that carries out steps, by `Tests/Scripts/browser.py`.
enum Chromium {
    static let missing: Comment = "'chromium' or axe-core is missing: run scripts/setup"

    static var isThere: Bool { Command.exists("chromium") && axe != nil }

    /// axe-core, as a PyPI package ships it.
    static let axe: String? = {
        let library = "\(PythonEnvironment.path)/lib"
        let versions = (try? FileManager.default.contentsOfDirectory(atPath: library)) ?? []
        return versions.map { "\(library)/\($0)/site-packages/axe_core_python/axe.min.js" }
            .first { FileManager.default.fileExists(atPath: $0) }
    }()

    /// Gives a line of output for each `eval` and `axe`.
    @discardableResult
    static func run(_ steps: [[String: Any]]) async throws -> [String] {
        let json = try JSONSerialization.data(withJSONObject: steps)
        return try await withTemporaryDirectory { directory in
            let path = "\(directory)/steps.json"
            try json.write(to: URL(filePath: path))
            return try await Command.run(
                "timeout", ["400", "python3", "\(Checkout.root)/Tests/Scripts/browser.py", path]
            ).output.split(separator: "\n").map { String($0) }
        }
    }
}
