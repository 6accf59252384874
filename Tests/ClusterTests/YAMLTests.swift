import Cluster
import Testing

@Suite struct YAMLTests {
    private func problem(of text: String) -> ConfigurationError? {
        do {
            _ = try YAMLNode.parse(Array(text.utf8), file: "f")
            return nil
        } catch {
            return error
        }
    }

    @Test func `values keep their lines, and nulls are those of YAML's core schema`() throws {
        let text = "# one\na: 1\nb:\n  - ~\n  - 'null'\n  - |\n    two\n    lines\n"
        let root = try YAMLNode.parse(Array(text.utf8), file: "f")
        #expect(root["a"]?.content == .scalar("1", plain: true))
        #expect(root["a"]?.line == 2)
        guard case .sequence(let items)? = root["b"]?.content else {
            Issue.record("b is no list")
            return
        }
        #expect(items.map(\.line) == [4, 5, 6])
        #expect(items.map(\.isNull) == [true, false, false])
        #expect(items[2].content == .scalar("two\nlines\n", plain: false))
    }

    @Test func `an empty document is null`() throws {
        for text in ["", "# nothing\n", "---\n"] {
            #expect(try YAMLNode.parse(Array(text.utf8), file: "f").isNull)
        }
    }

    @Test(arguments: [
        ("a: 1\nb: 2\na: 3\n", "f:3: key 'a' is given twice, first on line 1"),
        ("a: 1\n---\nb: 2\n", "f:2: a second document begins here; one is allowed"),
        ("a: &x 1\nb: *x\n", "f:2: aliases are not allowed; write the value out"),
        ("a: !!binary aGk=\n", "f:1: tags such as '!!str' are not allowed"),
        ("? [a]\n: 1\n", "f:1: a key must be plain text"),
        ("a: [1\nb: 2\n", "f:2: did not find expected ',' or ']'"),
        ("a:\n\t- 1\n", "f:2: found character that cannot start any token"),
    ])
    func `what is malformed or dangerous is refused with its line`(text: String, error: String) {
        #expect(problem(of: text)?.description == error)
    }

    @Test func `a bomb of aliases costs nothing`() {
        var text = "a0: &a0 [x, x]\n"
        for level in 1...60 { text += "a\(level): &a\(level) [*a\(level - 1), *a\(level - 1)]\n" }
        #expect(problem(of: text)?.line == 2)
    }

    @Test func `depth, number and size are limited`() {
        let deep = String(repeating: "[", count: 5000) + String(repeating: "]", count: 5000)
        #expect(problem(of: deep)?.problem == .refused("nested deeper than 24 levels"))
        let many = "[" + String(repeating: "1,", count: YAMLNode.maximumNodes) + "]"
        #expect(problem(of: many)?.problem == .refused("more than 50000 values"))
        let big = String(repeating: "#", count: YAMLNode.maximumBytes + 1)
        #expect(problem(of: big)?.problem == .refused("1048577 bytes are more than 1048576"))
    }

    @Test func `bytes that are no UTF-8 are refused`() {
        #expect(throws: ConfigurationError.self) {
            try YAMLNode.parse([0x61, 0x3a, 0x20, 0xff, 0xfe], file: "f")
        }
    }
}
