import Cluster
import Testing

@testable import ImageBuild

@Suite struct RecipeTests {
    static let head = "howdah-image: 1\nname: tiny\n"
    static let base = head + "bootstrap: { tool: folder, file: tree }\n"

    private func recipe(_ text: String) throws -> Recipe {
        try Recipe(Array(text.utf8), file: "recipe.yaml")
    }

    private func complaint(_ text: String) -> String {
        do {
            _ = try recipe(text)
            return "none"
        } catch {
            return "\(error)"
        }
    }

    @Test func `a recipe is read with all that it says`() throws {
        let recipe = try recipe(
            """
            howdah-image: 1
            name: node
            from: ../java
            epoch: 1000
            packages: [less]
            groups: [{ name: hadoop, id: 990 }]
            users: [{ name: hdfs, id: 991, group: hadoop, home: /var/lib/hdfs }]
            inputs: { node: , key: { default: key.asc, optional: true } }
            files:
              - { to: /usr/bin/howdah-node, input: node, mode: "0755" }
              - { to: /etc/motd, text: "hello", owner: hdfs }
              - { to: /etc/link, link: motd }
              - { to: /data, directory: true }
            remove: [/usr/lib/python3*]
            units: { enable: [a.service], mask: [b.timer] }
            commands: [touch /etc/x]
            checks: [howdah-node --help]
            absent: [/etc/y]
            """)
        #expect(recipe.name == "node")
        #expect(recipe.from == "../java")
        #expect(recipe.epoch == 1000)
        #expect(recipe.groups == [RecipeGroup(name: "hadoop", id: 990)])
        #expect(recipe.users.map(\.shell) == ["/usr/sbin/nologin"])
        #expect(recipe.inputs.map(\.isOptional) == [false, true])
        #expect(recipe.inputs.map(\.path) == [nil, "key.asc"])
        #expect(
            recipe.files.map(\.content) == [
                .source(.input("node")), .text("hello"), .link("motd"), .directory,
            ])
        #expect(recipe.files.map(\.mode) == [0o755, nil, nil, nil])
        #expect(recipe.units == RecipeUnits(enable: ["a.service"], mask: ["b.timer"]))
    }

    @Test func `a bootstrap by mmdebstrap has Debian's mirror if it names none`() throws {
        let recipe = try recipe(
            Self.head + "bootstrap: { tool: mmdebstrap, suite: bookworm, packages: [less] }\n")
        #expect(
            recipe.bootstrap
                == .debian(
                    DebianBootstrap(
                        suite: "bookworm",
                        sources: ["deb http://deb.debian.org/debian bookworm main"],
                        packages: ["less"], exclude: [])))
    }

    static let wrong: [(String, String)] = [
        ("howdah-image: 2\nname: x\nfrom: y\n", "recipe.yaml:1: 'howdah-image' is '2', expected 1"),
        ("\(head)form: ../x\n", "recipe.yaml:3: unknown key 'form', did you mean 'from'?"),
        ("\(head)", "recipe.yaml:1: a recipe has one of 'from' and 'bootstrap'"),
        (
            "\(base)from: x\n", "recipe.yaml:1: a recipe has one of 'from' and 'bootstrap'"
        ),
        (
            "\(head)bootstrap: { tool: debootstrap }\n",
            "recipe.yaml:3: 'tool' is 'debootstrap', expected mmdebstrap, dnf, folder or tar"
        ),
        (
            "\(head)bootstrap:\n  tool: dnf\n  suite: x\n",
            "recipe.yaml:5: unknown key 'suite'"
        ),
        (
            "\(base)files:\n  - { to: etc/x, text: y }\n",
            "recipe.yaml:5: 'to' is 'etc/x', expected an absolute path without '..'"
        ),
        (
            "\(base)files:\n  - { to: /a/../b, text: y }\n",
            "recipe.yaml:5: 'to' is '/a/../b', expected an absolute path without '..'"
        ),
        (
            "\(base)files:\n  - { to: /x, text: y, link: z }\n",
            "recipe.yaml:5: a file has one of 'input', 'file', 'text', 'link' and 'directory'"
        ),
        (
            "\(base)inputs: { nodes: }\nfiles: [{ to: /x, input: node }]\n",
            "recipe.yaml:1: input 'node' is not under 'inputs', did you mean 'nodes'?"
        ),
        (
            "\(base)packages: [--force-yes]\n",
            "recipe.yaml:4: 'packages' is '--force-yes', expected a name without blanks"
        ),
        (
            "\(base)users: [{ name: x, id: y }]\n",
            "recipe.yaml:4: 'id' is 'y', expected a number below 4294967295"
        ),
        (
            "\(base)users: [{ name: x, id: 5, home: 'a:b' }]\n",
            "recipe.yaml:4: 'home' and 'shell' may not hold ':'"
        ),
    ]

    @Test(arguments: wrong)
    func `what is wrong with a recipe is said with its line`(text: String, words: String) {
        #expect(complaint(text) == words)
    }

    @Test func `the recipes of the project are all readable`() throws {
        for name in ["roles/master", "roles/slave"] {
            let chain = try RecipeChain.load(
                SampleImage.checkout + "/images/" + name,
                inputs: ["node": "/bin/sh"])
            #expect(chain.links.map(\.recipe.name).prefix(3) == ["base", "java", "node"])
        }
    }
}
