import Cluster
import Testing

@Suite struct StackTests {
    private func parse(_ text: String) throws(ConfigurationError) -> Stack {
        try Stack.parse(Array(text.utf8), file: "s.yaml")
    }

    /// The error of a stack whose only role has these lines, from line 6 on.
    private func error(_ lines: String) -> String? {
        do {
            _ = try parse("stack: 1\nname: s\nmaster: m\nroles:\n  m:\n" + lines)
            return nil
        } catch {
            return error.description
        }
    }

    @Test func `a role has the common part first, and its own settings win`() throws {
        let stack = try parse(
            """
            stack: 1
            name: s
            master: m
            common: { packages: [a], settings: { f.xml: { x: 1, y: 1 } } }
            roles: { m: { packages: [b], settings: { f.xml: { y: 2 } } }, s: {} }
            """)
        #expect(stack.roles["m"]?.packages == ["a", "b"])
        #expect(stack.roles["m"]?.settings["f.xml"] == ["x": "1", "y": "2"])
        #expect(stack.roles["s"]?.settings["f.xml"] == ["x": "1", "y": "1"])
    }

    @Test func `the cluster file's settings win over the stack's`() throws {
        let stack = try parse(
            """
            stack: 1
            name: s
            master: m
            roles:
              m:
                files: [{ path: /f, hadoop_xml: f.xml }]
                settings: { f.xml: { x: 1, y: 1 } }
            """)
        let text = """
            howdah: 1
            cluster: c
            panel: http://p
            stack: s
            settings: { f.xml: { y: 2, z: 3 }, gg.xml: { a: 1 } }
            """
        let cluster = try ClusterFile.parse(Array(text.utf8), file: "c")
        #expect(
            stack.settings(for: "f.xml", role: "m", cluster: cluster)
                == ["x": "1", "y": "2", "z": "3"])
        let error = #expect(throws: UnusedSettings.self) {
            try stack.checkSettings(of: cluster)
        }
        #expect(
            error?.description == "the stack 's' makes no file from the settings of 'gg.xml', did "
                + "you mean 'f.xml'?")
    }

    @Test(arguments: [
        ("    pakages: [a]\n", "s.yaml:6: unknown key 'pakages', did you mean 'packages'?"),
        (
            "    directories: [{ path: '${rot}/x' }]\n",
            "s.yaml:6: 'path': unknown variable '${rot}', did you mean '${root}'? "
                + "write '$${rot}' if it is not ours"
        ),
        (
            "    directories: [{ path: '${root' }]\n",
            "s.yaml:6: 'path': '${' without '}' in '${root'"
        ),
        (
            "    directories: [{ path: /x, mode: 9 }]\n",
            "s.yaml:6: 'mode' is '9', expected three or four octal digits, such as '0700'"
        ),
        (
            "    files: [{ path: /x }]\n",
            "s.yaml:6: a file has one of 'hadoop_xml', 'shell', 'env', 'properties', 'text', "
                + "'members'"
        ),
        (
            "    files: [{ path: /x, members: rack }]\n",
            "s.yaml:6: 'members' is 'rack', expected one of racks, include, exclude"
        ),
        (
            "    preparations:\n      - name: p\n        command: [x]\n",
            "s.yaml:7: key 'proof' is missing"
        ),
        (
            "    daemons:\n      - name: d\n        command: [x]\n",
            "s.yaml:7: key 'readiness' is missing"
        ),
        (
            "    daemons:\n      - name: d\n        readiness: [{ port: 1 }]\n",
            "s.yaml:7: key 'command' is missing"
        ),
        (
            "    daemons:\n      - name: d\n        command: [x]\n"
                + "        readiness: [{ port: 65536 }]\n",
            "s.yaml:9: 'port' is '65536', expected a port, 1 to 65535"
        ),
        (
            "    daemons:\n      - name: d\n        command: [x]\n"
                + "        readiness: [{ port: 1, http: x }]\n",
            "s.yaml:9: a probe has 'port' (and 'host'), or 'http', or all of 'jmx', 'bean', "
                + "'attribute' and 'contains'"
        ),
        (
            "    daemons:\n      - name: d\n        command: [x]\n"
                + "        readiness: [{ port: 1 }]\n        after: [e]\n",
            "s.yaml:7: 'after' is 'e', expected a daemon that stands before"
        ),
        (
            "    daemons:\n      - name: d\n        unit: d\n        user: x\n",
            "s.yaml:9: 'user' is the unit's own: leave it out"
        ),
        (
            "    daemons:\n      - name: d\n        unit: howdah-boot\n",
            "s.yaml:8: 'unit' is 'howdah-boot', expected a service's name, not one that begins "
                + "with 'howdah-'"
        ),
        (
            "    daemons:\n      - name: d\n        command: [x]\n        deadline: 30\n",
            "s.yaml:9: 'deadline' is '30', expected a time with its unit, such as '30 s'"
        ),
    ])
    func `a mistake is named with its line and its remedy`(lines: String, expected: String) {
        #expect(error(lines) == expected)
    }

    @Test func `roles that the file names are there`() {
        #expect(throws: ConfigurationError.self) {
            try parse("stack: 1\nname: s\nmaster: x\nroles: { m: {} }\n")
        }
        #expect(throws: ConfigurationError.self) {
            try parse("stack: 1\nname: s\nmaster: m\nroles: { m: {} }\niam_roles: { '*': x }\n")
        }
    }
}

@Suite struct ExpansionTests {
    private let expansion = Expansion([.root: "/r", .storageMount: "/r/data"])

    @Test func `variables are replaced, and a doubled dollar keeps Hadoop's own`() throws {
        let text = "$ ${root}/x:${storage.mount} $${user.name} $HOME $"
        #expect(try expansion.expand(text) == "$ /r/x:/r/data ${user.name} $HOME $")
    }

    @Test func `a value is never looked at again`() throws {
        let expansion = Expansion([.root: "${node.role}"])
        #expect(try expansion.expand("${root}") == "${node.role}")
    }

    @Test func `a variable without a value here is an error`() {
        #expect(throws: Expansion.Failure.noValue("master.address")) {
            try expansion.expand("${master.address}")
        }
    }

    @Test func `an unknown variable is an error with its remedy`() {
        let error = #expect(throws: Expansion.Failure.self) { try expansion.expand("${x.y.z}") }
        #expect(
            error?.description
                == "unknown variable '${x.y.z}'; write '$${x.y.z}' if it is not ours")
    }
}

@Suite struct PreparationTests {
    private let proof = ["/d/VERSION", "/d/fsimage_???", "/d/*.md5"]

    private func state(_ names: [String]) -> Preparation.State {
        Preparation.state(ofProof: proof) { $0 == "/d" ? names : [] }
    }

    @Test func `nothing there means to do, all there means done`() {
        #expect(state([]) == .toDo)
        #expect(state(["other", "fsimage_12", "fsimage_1234"]) == .toDo)
        #expect(state(["VERSION", "fsimage_123", "fsimage_123.md5"]) == .done)
    }

    @Test func `some there means half, and says what is missing`() {
        #expect(
            state(["VERSION", "fsimage_123"])
                == .half(present: ["/d/VERSION", "/d/fsimage_???"], missing: ["/d/*.md5"]))
    }

    @Test func `a proof at the root is looked for at the root`() {
        let state = Preparation.state(ofProof: ["/done"]) { $0 == "/" ? ["done"] : [] }
        #expect(state == .done)
    }
}
