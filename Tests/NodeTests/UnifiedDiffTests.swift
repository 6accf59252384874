import Host
import Support
import Testing

@testable import Node

@Suite struct UnifiedDiffTests {
    @Test func `a change has three lines around it, and far ones stand apart`() {
        let old = (1...20).map { "\($0)\n" }.joined()
        let new = old.replacing("\n3\n", with: "\nthree\n").replacing("\n18\n", with: "\n")
        #expect(
            UnifiedDiff.text(from: old, to: new, path: "/f") == """
                --- /f
                +++ /f
                @@ -1,6 +1,6 @@
                 1
                 2
                -3
                +three
                 4
                 5
                 6
                @@ -15,6 +15,5 @@
                 15
                 16
                 17
                -18
                 19
                 20

                """)
    }

    @Test func `a new file comes from nowhere, and equal texts have no difference`() {
        #expect(
            UnifiedDiff.text(from: nil, to: "a\n", path: "/f")
                == "--- /dev/null\n+++ /f\n@@ -0,0 +1 @@\n+a\n")
        #expect(UnifiedDiff.text(from: "a\n", to: "a\n", path: "/f") == nil)
    }

    /// git is the judge: it makes the new text of the old one.
    @Test(arguments: 1...12) func `git applies it`(seed: UInt64) async throws {
        var generator = SeededGenerator(seed: seed)
        func text() -> String {
            let lines = (0..<Int.random(in: 1...40, using: &generator)).map { _ in
                ["a", "b", "c", ""].randomElement(using: &generator) ?? ""
            }
            return lines.joined(separator: "\n") + (Bool.random(using: &generator) ? "\n" : "x")
        }
        let (old, new) = (text(), text())
        guard let diff = UnifiedDiff.text(from: old, to: new, path: "f") else { return }
        try await withTemporaryDirectory { folder in
            let files = Files(root: folder)
            try files.write(old, to: "/f")
            try files.write(diff, to: "/patch")
            try await Command.run(
                "git", ["apply", "-p0", "--whitespace=nowarn", "patch"], directory: folder)
            #expect(try files.text("/f") == new, "seed \(seed)")
        }
    }
}
