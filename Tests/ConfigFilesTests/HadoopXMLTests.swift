import ConfigFiles
import Testing

@Suite struct HadoopXMLTests {
    @Test func `properties are sorted, escaped and marked final`() throws {
        let text = try HadoopXML.render(["b": "<&>\"'", "a": "ä\r"], final: ["a"])
        #expect(
            text.hasSuffix(
                """
                <configuration>
                  <property>
                    <name>a</name>
                    <value>ä&#13;</value>
                    <final>true</final>
                  </property>
                  <property>
                    <name>b</name>
                    <value>&lt;&amp;&gt;"'</value>
                  </property>
                </configuration>

                """))
    }

    @Test func `a comment's end in a value cannot break out of anything`() throws {
        let text = try HadoopXML.render(["a": "--></value><value>"])
        #expect(text.contains("<value>--&gt;&lt;/value&gt;&lt;value&gt;</value>"))
    }

    @Test func `what XML cannot hold is refused`() {
        #expect(throws: HadoopXML.Failure.unwritable(property: "a", code: 0)) {
            try HadoopXML.render(["a": "\0"])
        }
        #expect(throws: HadoopXML.Failure.emptyName) { try HadoopXML.render(["": "x"]) }
    }
}
