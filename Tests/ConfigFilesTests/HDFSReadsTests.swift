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
            let site = try HadoopXML.render(["test.value": value])
            let variables = try ShellEnvironment.render([
                // Without it Java would print letters in the locale's charset.
                "HADOOP_CLIENT_OPTS": "-Xmx64m -Dfile.encoding=UTF-8"
            ])
            let folder = URL(filePath: root).appending(path: "etc/hadoop")
            try Data(site.utf8).write(to: folder.appending(path: "hdfs-site.xml"))
            try Data(variables.utf8).write(to: folder.appending(path: "hadoop-env.sh"))
            let hdfs = root + "/usr/bin/hdfs"
            let read = try await Command.run(hdfs, ["getconf", "-confKey", "test.value"])
            #expect(read.output == value + "\n")
        }
    }
}
