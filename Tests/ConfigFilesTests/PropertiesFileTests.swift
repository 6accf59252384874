import ConfigFiles
import Testing

@Suite struct PropertiesFileTests {
    /// The escapes are those of java.util.Properties, `load(Reader)`.
    @Test func `keys and values are escaped, sorted and in ASCII`() throws {
        let text = try PropertiesFile.render([
            "a b:c=d#e!f\\": "v", "lead": "  two\tblanks\r\n", "letters": "ä𝄞=:#",
        ])
        #expect(
            text == ##"""
                # Written by howdah-node at boot: change the cluster file instead.
                a\ b\:c\=d\#e\!f\\=v
                lead=\  two\tblanks\r\n
                letters=\u00e4\ud834\udd1e=:#

                """##)
    }

    @Test func `a property without a name is refused`() {
        #expect(throws: PropertiesFile.Failure.emptyKey) { try PropertiesFile.render(["": "x"]) }
    }
}
