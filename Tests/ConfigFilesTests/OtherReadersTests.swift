import ConfigFiles
import FoundationEssentials
import Support
import Testing

/// What we write is read by someone else's program, which must find what we meant.
@Suite struct OtherReadersTests {
    private let values = [
        "plain": "1", "marks": "<a & b> \"c\" 'd' ]]> <!-- -->", "lines": " one\n\ttwo\r\n",
        "letters": "grün 𝄞 \u{7f}", "empty": "", "shell": "$HOME `id` \\ $(id) ${x}",
    ]

    @Test func `Python's XML parser reads the properties that were written`() async throws {
        let script = """
            import sys, json, xml.etree.ElementTree as e
            p = e.parse(sys.argv[1]).getroot().findall('property')
            print(json.dumps({x.findtext('name'): x.findtext('value') for x in p}))
            """
        try await withTemporaryDirectory { directory in
            let file = directory + "/site.xml"
            try Data(HadoopXML.render(values).utf8).write(to: URL(filePath: file))
            let output = try await Command.run("python3", ["-c", script, file]).output
            let read = try JSONDecoder().decode([String: String].self, from: Data(output.utf8))
            #expect(read == values)
        }
    }

    @Test func `a shell reads the variables that were written`() async throws {
        try await withTemporaryDirectory { directory in
            let file = directory + "/env.sh"
            try Data(ShellEnvironment.render(values).utf8).write(to: URL(filePath: file))
            for (name, value) in values {
                let script = ". '\(file)'; printf '%s.' \"$\(name)\""
                #expect(try await Command.run("/bin/sh", ["-c", script]).output == value + ".")
            }
        }
    }
}
