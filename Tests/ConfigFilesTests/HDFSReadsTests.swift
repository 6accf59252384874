import ConfigFiles
import FoundationEssentials
import Support
import Testing

@Suite struct HDFSReadsTests {
    /// `scripts/test` builds the RPMs before it runs all tests.
    @Test(
        .enabled(
            if: Checkout.missingHDFSPackages == nil,
            "needs the RPMs that scripts/build-hdfs-rpms puts there"))
    func `HDFS reads the properties and the variables that were written`() async throws {
        let value = "<a & b> \"c\" 'd' ]]> <!-- grün 𝄞"
        try await withTemporaryDirectory { root in
            for name in ["hadoop-common", "hadoop-client"] {
                let unpack = "rpm2archive -n - <\"$1\" | tar -x -C \"$2\""
                try await Command.run(
                    "sh",
                    [
                        "-ec", unpack, "sh", "\(Checkout.hdfsPackages)/\(name)-3.3.6-1.noarch.rpm",
                        root,
                    ])
            }
            let there = """
                <!DOCTYPE configuration [<!ENTITY e "x">]>
                <configuration xmlns:xi="http://www.w3.org/2001/XInclude">
                  <xi:include href="included.xml"/>
                  <property><name>test.value</name><value>old</value></property>
                  <property><name>test.foreign</name><value>&e;<![CDATA[<y>]]></value></property>
                  <property name="test.final" value="theirs" final="true"/>
                </configuration>
                """
            let included = try HadoopXML.render(["test.included": "old", "test.other": "kept"])
            let site = try HadoopXML.merge(
                ["test.value": value, "test.included": "new", "test.final": "ours"],
                into: Array(there.utf8))
            #expect(site.overruled == ["test.final"])
            let variables = try ShellEnvironment.render([
                // Without it Java would print letters in the locale's charset.
                "HADOOP_CLIENT_OPTS": "-Xmx64m -Dfile.encoding=UTF-8"
            ])
            let folder = URL(filePath: root).appending(path: "etc/hadoop")
            try Data(site.bytes).write(to: folder.appending(path: "hdfs-site.xml"))
            try Data(included.utf8).write(to: folder.appending(path: "included.xml"))
            try Data(variables.utf8).write(to: folder.appending(path: "hadoop-env.sh"))
            let hdfs = root + "/usr/bin/hdfs"
            for (name, expected) in [
                "value": value, "foreign": "x<y>", "final": "theirs", "included": "new",
                "other": "kept",
            ] {
                let read = try await Command.run(hdfs, ["getconf", "-confKey", "test.\(name)"])
                #expect(read.output == expected + "\n", "\(name)")
            }
        }
    }
}
