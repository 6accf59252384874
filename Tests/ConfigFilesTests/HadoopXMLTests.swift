import ConfigFiles
import Testing

@Suite struct HadoopXMLTests {
    static let begin = "  <!-- BEGIN howdah: written at boot, change the cluster file instead -->\n"
    static let end = "  <!-- END howdah -->\n"

    static func block(_ name: String, _ value: String) -> String {
        """
        \(begin)  <property>
            <name>\(name)</name>
            <value>\(value)</value>
          </property>
        \(end)
        """
    }

    private func merged(_ existing: String, _ properties: [String: String]) throws -> String {
        let merged = try HadoopXML.merge(properties, into: Array(existing.utf8))
        let again = try HadoopXML.merge(properties, into: merged.bytes)
        #expect(again == merged, "a second merge changes nothing")
        return String(decoding: merged.bytes, as: UTF8.self)
    }

    @Test func `properties are sorted, escaped and marked final`() throws {
        let text = try HadoopXML.render(["b": "<&>\"'", "a": "ä\r"], final: ["a"])
        #expect(
            text == """
                <?xml version="1.0" encoding="UTF-8"?>
                <configuration>
                \(Self.begin)  <property>
                    <name>a</name>
                    <value>ä&#13;</value>
                    <final>true</final>
                  </property>
                  <property>
                    <name>b</name>
                    <value>&lt;&amp;&gt;"'</value>
                  </property>
                \(Self.end)</configuration>

                """)
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

    @Test func `all that was there stays, byte for byte`() throws {
        let head = """
            <?xml version="1.0"?>\r
            <?xml-stylesheet type="text/xsl" href="configuration.xsl"?>
            <!DOCTYPE configuration [ <!ENTITY site "a>b]"> <!-- ]> --> ]>
            <!-- </configuration> -->
            <configuration xmlns:xi='http://www.w3.org/2001/XInclude'>
              <xi:include href="site.xml"><xi:fallback/></xi:include>
              <property><name>a</name><value><![CDATA[</configuration>]]>&site;</value></property>
              <!-- BEGIN of something else -->
            \t<property  name = "b"  value="1&amp;2"/>

            """
        let tail = "</configuration >\n<!-- the end -->\n"
        #expect(try merged(head + tail, ["a": "2"]) == head + Self.block("a", "2") + tail)
    }

    @Test func `the block is replaced, and moves behind what came after it`() throws {
        let old = "<configuration>\n" + Self.block("gone", "1")
        let other = "  <property><name>late</name><value>1</value></property>\n"
        let text = try merged(old + other + "</configuration>\n", ["late": "2"])
        #expect(
            text == "<configuration>\n" + other + Self.block("late", "2") + "</configuration>\n")
    }

    @Test(arguments: [
        ("<configuration/>", "<configuration>\nBLOCK</configuration>"),
        ("<configuration></configuration>\n", "<configuration>\nBLOCK</configuration>\n"),
        ("<configuration>\n\t</configuration>", "<configuration>\nBLOCK\t</configuration>"),
        (
            "\u{feff}<configuration>\n</configuration>",
            "\u{feff}<configuration>\nBLOCK</configuration>"
        ),
    ])
    func `the block finds its place`(existing: String, expected: String) throws {
        let block = Self.block("a", "1")
        let parts = expected.split(separator: "BLOCK", omittingEmptySubsequences: false)
        #expect(try merged(existing, ["a": "1"]) == parts.joined(separator: block))
    }

    @Test func `an empty file becomes a new one`() throws {
        #expect(try merged(" \n", ["a": "1"]) == HadoopXML.render(["a": "1"]))
    }

    @Test func `a final property of the file holds, and the difference is told`() throws {
        let existing = """
            <configuration>
              <property><name> a </name><value>1</value><final>true</final></property>
              <property name="b" value="&#50;" final="true"/>
              <property><name>c</name><value>3</value><final>false</final></property>
            </configuration>
            """
        let merged = try HadoopXML.merge(
            ["a": "other", "b": "2", "c": "other"], into: Array(existing.utf8))
        #expect(merged.overruled == ["a"])
        let text = String(decoding: merged.bytes, as: UTF8.self)
        #expect(text.contains(Self.block("c", "other")))
        #expect(text.split(separator: "other", omittingEmptySubsequences: false).count == 2)
    }

    @Test func `a file that is not UTF-8 gets ASCII only, and keeps its bytes`() throws {
        let head = Array("<?xml version='1.0' encoding=\"ISO-8859-1\"?>\n<configuration>\n".utf8)
        let existing = head + [0x3c, 0x21, 0x2d, 0x2d, 0xe4, 0x2d, 0x2d, 0x3e]
        let end = Array("\n</configuration>\n".utf8)
        let merged = try HadoopXML.merge(["a": "ä"], into: existing + end)
        let block = Array(("\n" + Self.block("a", "&#228;")).utf8)
        #expect(merged.bytes == existing + block + end.dropFirst())
    }

    @Test(arguments: [
        ("<allocations/>", "line 1: the root is '<allocations>', expected '<configuration>'"),
        ("<?xml version='1.0'?>\n", "line 2: the file has no '<configuration>'"),
        ("<configuration>\n<a>\n", "line 3: '<a>' is not closed"),
        ("<configuration>\n<a>\n</b>", "line 3: '</b>' closes '<a>'"),
        ("<configuration/>\n<configuration/>", "line 2: '<configuration>' is a second root"),
        ("<configuration>\n<!-- x", "line 2: a comment is not ended by '-->'"),
        ("<configuration a>", "line 1: '=' is expected after 'a'"),
        ("<configuration/>\nmore", "line 2: text outside of the root"),
        ("\u{0}", "line 1: text outside of the root"),
        (
            "<configuration>\n<!-- BEGIN howdah -->\n</configuration>",
            "line 2: this is half of a howdah block: remove it, the block is written anew"
        ),
        (
            "<configuration>\n<!-- END howdah -->\n</configuration>",
            "line 2: this is half of a howdah block: remove it, the block is written anew"
        ),
    ])
    func `what is no configuration is told with its line`(text: String, expected: String) {
        let error = #expect(throws: HadoopXML.Failure.self) {
            try HadoopXML.merge([:], into: Array(text.utf8))
        }
        #expect(error?.description == expected)
    }

    @Test func `UTF-16 is refused`() {
        let error = #expect(throws: HadoopXML.Failure.self) {
            try HadoopXML.merge([:], into: [0xff, 0xfe, 0x3c, 0])
        }
        #expect(error?.description.contains("UTF-16") == true)
    }
}
