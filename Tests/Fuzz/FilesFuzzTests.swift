import Support
import Testing

@testable import ConfigFiles

/// Files that are on a machine before we write ours into them.
@Suite struct FilesFuzzTests {
    static let hadoop = """
        <?xml version="1.0" encoding="ISO-8859-1"?>
        <?xml-stylesheet type="text/xsl" href="configuration.xsl"?>
        <!DOCTYPE configuration [ <!ENTITY home "/srv"> ]>
        <!-- theirs -->
        <configuration xmlns:xi="http://www.w3.org/2001/XInclude">
          <xi:include href="more.xml"><xi:fallback/></xi:include>
          <property><name>a</name><value>&home;/x</value><final>true</final></property>
          <property name="b" value='<![CDATA[ ]]>'/>
          <property>
            <name>c</name><value><![CDATA[x & y]]></value><description>&#233; &amp; so</description>
          </property>
        </configuration>

        """

    static let marks = [
        "<configuration>", "</configuration>", "<configuration/>", "<property>", "</property>",
        "<name>", "<value>", "<final>true</final>", "<!--", "-->", "<![CDATA[", "]]>", "<?", "?>",
        "<!DOCTYPE ", "[", "]>", "&amp;", "&#0;", "&#x110000;", "&x;", "\"", "'", "\u{feff}",
        "<!-- BEGIN howdah -->", "<!-- END howdah -->", "\r\n", "\u{0}",
    ]

    @Test func `hadoop's xml of any bytes keeps all that is not ours, or is refused`() async throws
    {
        let ours = ["fs.defaultFS": "hdfs://master:8020", "a": "<&>é\r", "z": ""]
        let with = try HadoopXML.merge(ours, into: Array(Self.hadoop.utf8)).bytes
        let target = FuzzTarget(
            name: "hadoop-xml", corpus: [Array(Self.hadoop.utf8), with], words: Self.marks
        ) { bytes in
            let merged = try HadoopXML.merge(ours, final: ["z"], into: bytes)
            let again = try HadoopXML.merge(ours, final: ["z"], into: merged.bytes)
            #expect(again == merged)
            guard !bytes.allSatisfy({ XMLScanner.isBlank($0) }) else { return }
            #expect(try Self.foreign(merged.bytes) == Self.foreign(bytes))
            let later = try HadoopDocument(merged.bytes)
            #expect(later.finals["fs.defaultFS"] == nil || !merged.overruled.isEmpty)
        }
        try await Fuzzer.standard.run(target)
    }

    /// The file without our block, where the breaks of lines beside it do not count.
    private static func foreign(_ bytes: [UInt8]) throws -> [UInt8] {
        try HadoopDocument(bytes).replacingBlock(with: []).filter { !XMLScanner.isBlank($0) }
    }

    @Test func `a hosts file of any bytes keeps the others' lines, or is refused`() async throws {
        let text = "127.0.0.1 localhost\n127.0.1.1 slave-1 other # theirs\n192.0.2.7\tprinter\n"
        let entries = [HostsFile.Entry(address: "10.77.0.3", names: ["slave-1", "ip-10-77-0-3"])]
        let with = try HostsFile.replacingBlock(in: text, with: entries)
        let target = FuzzTarget(
            name: "hosts-file", corpus: [Array(text.utf8), Array(with.utf8)],
            words: [
                "127.0.0.1 ", "slave-1", "# BEGIN howdah\n", "# END howdah\n", "\r\n", "#", "::1 ",
            ]
        ) { bytes in
            let text = String(decoding: bytes, as: UTF8.self)
            let written = try HostsFile.replacingBlock(in: text, with: entries)
            #expect(try HostsFile.replacingBlock(in: written, with: entries) == written)
            let lines = written.split(whereSeparator: \.isNewline).map(String.init)
            #expect(lines.contains("10.77.0.3 slave-1 ip-10-77-0-3"))
            // What stands between our marks is ours.
            guard !text.contains("howdah") else { return }
            for line in text.split(whereSeparator: \.isNewline) where line.hasPrefix("192.0.2.7\t")
            {
                #expect(lines.contains(String(line)))
            }
        }
        try await Fuzzer.standard.run(target)
    }
}
