import ConfigFiles
import Testing

@Suite struct ShellEnvironmentTests {
    @Test func `values are sorted and quoted so that nothing in them is expanded`() throws {
        let text = try ShellEnvironment.render(["B": "it's $HOME `id`", "A_1": "-Xmx1g -XX:+A"])
        #expect(
            text.hasSuffix("export A_1='-Xmx1g -XX:+A'\nexport B='it'\\''s $HOME `id`'\n"))
    }

    @Test(arguments: ["", "1A", "A-B", "A=B", "A B", "Ä", "A\n"])
    func `a name that no shell takes is refused`(name: String) {
        #expect(throws: ShellEnvironment.Failure.badName(name)) {
            try ShellEnvironment.render([name: "x"])
        }
    }

    @Test func `a zero byte is refused`() {
        #expect(throws: ShellEnvironment.Failure.unwritable(name: "A")) {
            try ShellEnvironment.render(["A": "a\0"])
        }
    }
}
