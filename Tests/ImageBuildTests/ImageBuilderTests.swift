import FoundationEssentials
import Glibc
import Support
import Synchronization
import Testing

@testable import ImageBuild

/// Images of a small folder, really built: overlays, namespaces, chroot.
@Suite(.enabled(if: SampleImage.missing == nil, "building an image needs root"))
struct ImageBuilderTests {
    private func withSample(
        above: String = "", _ body: (SampleImage) async throws -> Void
    ) async throws {
        try await withTemporaryDirectory { folder in
            try await body(try await SampleImage.make(in: folder, above: above))
        }
    }

    static let full = """
        groups: [{ name: hadoop, id: 990 }]
        users: [{ name: hdfs, id: 991, group: hadoop }]
        inputs: { program: , site: { optional: true } }
        files:
          - { to: /usr/bin/program, input: program, mode: "4755" }
          - { to: /etc/motd, text: "new\\n", owner: hdfs, group: hadoop, mode: "0640" }
          - { to: /etc/site, input: site }
          - { to: /etc/link, link: motd }
          - { to: /var/lib/hdfs, directory: true, mode: "0700", owner: hdfs }
        remove: ["/usr/lib/old/[a]", /etc/issue]
        commands:
          - echo made >/etc/made
          - echo "$0 $PATH $SOURCE_DATE_EPOCH" >/etc/environment-seen
        checks: ["[ -e /etc/made ]"]

        """

    @Test func `an image has what its recipes say, and no later time`() async throws {
        try await withSample(above: Self.full) { sample in
            try sample.write("program", "#!/bin/sh\n", mode: 0o755)
            let image = try await sample.build(inputs: ["program": sample.folder + "/program"])
            #expect(image.layers.map(\.recipe) == ["base", "top"])
            #expect(try sample.text("etc/motd") == "new\n")
            #expect(try sample.text("etc/made") == "made\n")
            let passwd = try sample.text("etc/passwd")
            #expect(passwd.hasSuffix("hdfs:x:991:990::/:/usr/sbin/nologin\n"))
            #expect(sample.status("usr/bin/program")?.st_mode == S_IFREG | 0o4755)
            let motd = try #require(sample.status("etc/motd"))
            #expect((motd.st_uid, motd.st_gid, motd.st_mode & 0o777) == (991, 990, 0o640))
            #expect(sample.status("var/lib/hdfs")?.st_uid == 991)
            #expect(sample.status("var/lib/hdfs")?.st_mode == S_IFDIR | 0o700)
            #expect(sample.status("usr/lib/old/a") == nil)
            #expect(sample.status("usr/lib/old/b") != nil)
            #expect(sample.status("etc/site") == nil)
            #expect(sample.status("etc/link")?.st_mode == S_IFLNK | 0o777)
            let late = try await Command.run(
                "find", [sample.root, "-newermt", "@\(SampleImage.epoch)"])
            #expect(late.output == "")
            let left = try sample.leftovers()
            #expect(left == [])
        }
    }

    @Test func `the manifest is what sha256sum and stat say of the tree`() async throws {
        try await withSample(above: "commands: ['echo x >/etc/x']\n") { sample in
            try await sample.build()
            let listed = try await Command.run(
                "sh", ["-c", "find . -mindepth 1 | wc -l; cat etc/x | sha256sum; cat ../manifest"],
                directory: sample.root)
            let lines = listed.output.split(separator: "\n")
            #expect(Int(lines[0]) == lines.count - 2)
            let digest = lines[1].prefix(64)
            #expect(lines.contains("etc/x f 0644 0 0 2 \(digest)"))
            let sum = try await Command.run("sha256sum", [sample.output + "/manifest"]).output
            let image = try BuiltImage.read(sample.output)
            #expect(sum.hasPrefix(image.manifest))
        }
    }

    @Test func `a changed input makes its own layer and those above it alone`() async throws {
        try await withSample(above: "files: [{ to: /etc/x, file: x }]\n") { sample in
            try sample.write("top/x", "one\n")
            let first = try await sample.build()
            try sample.write("top/x", "two\n")
            let told = Mutex<[String]>([])
            let second = try await sample.builder { line in told.withLock { $0.append(line) } }
                .build(output: sample.output)
            #expect(told.withLock { $0.contains("layer base: from the cache") })
            #expect(first.layers[0].key == second.layers[0].key)
            #expect(first.layers[1].key != second.layers[1].key)
            #expect(first.manifest != second.manifest)
            #expect(try sample.text("etc/x") == "two\n")
        }
    }

    @Test func `an image that is up to date is left alone`() async throws {
        try await withSample { sample in
            let first = try await sample.build()
            let before = try #require(sample.status("etc"))
            let second = try await sample.build()
            #expect(second == first)
            #expect(sample.status("etc")?.st_ino == before.st_ino)
        }
    }

    @Test(arguments: ["absent: [/etc/motd]\n", "checks: ['exit 1']\n"])
    func `an image that was not checked for what the recipe now says is checked`(
        rule: String
    ) async throws {
        try await withSample { sample in
            try await sample.build()
            let recipe = sample.folder + "/top/recipe.yaml"
            let text = try String(contentsOfFile: recipe, encoding: .utf8)
            try sample.write("top/recipe.yaml", text + rule)
            await #expect(throws: ImageError.self) { try await sample.build() }
        }
    }

    @Test func `an image whose tree is gone is made again`() async throws {
        try await withSample { sample in
            try await sample.build()
            try FileManager.default.removeItem(atPath: sample.root)
            try await sample.build()
            #expect(try sample.text("etc/motd") == "welcome\n")
        }
    }

    @Test func `two builds with nothing in common but the inputs are equal`() async throws {
        try await withSample(above: "commands: ['echo x >/etc/x', 'echo $$ >/tmp/pid']\n") {
            sample in
            let first = try await sample.build()
            // Times in the recipe's folders do not count.
            try await Command.run("find", [sample.folder + "/base", "-exec", "touch", "{}", "+"])
            let second = try await sample.builder(cache: sample.folder + "/other")
                .build(output: sample.folder + "/out2")
            #expect(first == second)
            try await Command.run(
                "diff", [sample.output + "/manifest", sample.folder + "/out2/manifest"])
            let times = "find . -printf '%p %T@ %n %m %U:%G\\n' | sort"
            let trees = [sample.root, sample.folder + "/out2/root"]
            var listings: [String] = []
            for tree in trees {
                listings.append(
                    try await Command.run("sh", ["-c", times], directory: tree).output)
            }
            #expect(listings[0] == listings[1])
        }
    }

    @Test func `hard links, attributes and odd names come through`() async throws {
        try await withSample { sample in
            let tree = sample.folder + "/base/tree"
            try sample.write("base/tree/opt/a b\\c ü", "odd\n")
            link(tree + "/etc/motd", tree + "/opt/motd")
            let note = ExtendedAttributes.Attribute(name: "user.note", value: [1, 2])
            try ExtendedAttributes.set(note, of: tree + "/etc/motd")
            try await sample.build()
            #expect(try sample.text("opt/a b\\c ü") == "odd\n")
            let motd = try #require(sample.status("etc/motd"))
            #expect(motd.st_nlink == 2)
            #expect(sample.status("opt/motd")?.st_ino == motd.st_ino)
            #expect(try ExtendedAttributes.list(sample.root + "/etc/motd") == [note])
            let manifest = try String(contentsOfFile: sample.output + "/manifest", encoding: .utf8)
            #expect(manifest.contains(#"opt/a\040b\134c\040\303\274 f 0644"#))
            let line = try #require(
                manifest.split(separator: "\n").first { $0.hasPrefix("etc/motd ") })
            #expect(line.split(separator: " ").count == 8)
        }
    }

    @Test func `a command has no network and cannot write outside of the tree`() async throws {
        let above = """
            commands:
              - while read -r line; do echo "$line"; done </proc/net/dev >/etc/net
              - "if echo x >/proc/1/root/tmp/howdah-escape; then exit 1; fi"

            """
        try await withSample(above: above) { sample in
            try await sample.build()
            let devices = try sample.text("etc/net").split(separator: "\n").dropFirst(2)
            #expect(devices.count == 1 && devices.first?.hasPrefix("lo:") == true)
            #expect(access("/tmp/howdah-escape", F_OK) != 0)
        }
    }

    @Test func `a recipe that fails says why and leaves nothing`() async throws {
        try await withSample(above: "commands: ['echo so it is >&2; exit 3']\n") { sample in
            let error = await #expect(throws: ImageError.self) { try await sample.build() }
            let log = sample.cache + "/top.log"
            #expect(
                error?.description
                    == "recipe 'top': files and commands failed: + echo so it is >&2; exit 3"
                    + " | so it is (log: '\(log)')")
            let left = try sample.leftovers()
            #expect(left == [])
            #expect(access(sample.output + "/image.json", F_OK) != 0)
            #expect(access(sample.root, F_OK) != 0)
        }
    }

    @Test func `a check that fails is no image, and one that writes cannot`() async throws {
        for check in ["exit 1", "echo x >/etc/x"] {
            try await withSample(above: "checks: ['\(check)']\n") { sample in
                await #expect(throws: ImageError.self) { try await sample.build() }
                let left = try sample.leftovers()
                #expect(left == [])
                #expect(access(sample.root, F_OK) != 0)
            }
        }
    }

    @Test func `a tree may come from an archive`() async throws {
        try await withSample { sample in
            let (tree, archive) = (sample.folder + "/base/tree", sample.folder + "/base/tree.tar")
            try await Command.run("tar", ["-C", tree, "-cf", archive, "."])
            try sample.write(
                "base/recipe.yaml",
                "howdah-image: 1\nname: base\nbootstrap: { tool: tar, file: tree.tar }\n")
            try await sample.build()
            #expect(try sample.text("etc/motd") == "welcome\n")
        }
    }

    @Test func `units are enabled and masked as systemctl does`() async throws {
        let above = """
            files:
              - to: /usr/lib/systemd/system/a.service
                text: "[Service]\\nExecStart=/bin/sh\\n[Install]\\nWantedBy=multi-user.target\\n"
            units: { enable: [a.service], mask: [b.timer] }

            """
        try await withSample(above: above) { sample in
            try await sample.build()
            let wants = "etc/systemd/system/multi-user.target.wants/a.service"
            #expect(sample.status(wants)?.st_mode == S_IFLNK | 0o777)
            let mask = try FileManager.default.destinationOfSymbolicLink(
                atPath: sample.root + "/etc/systemd/system/b.timer")
            #expect(mask == "/dev/null")
        }
    }

    @Test func `an input that no recipe has, or that is missing, is named`() async throws {
        try await withSample(above: "inputs: { key: }\nfiles: [{ to: /k, input: key }]\n") {
            sample in
            await #expect(throws: ImageError("'kye' is no input of the recipe: it has 'key'")) {
                try await sample.build(inputs: ["kye": "/x"])
            }
            await #expect(
                throws: ImageError("recipe 'top' needs the input 'key': give it by --set key=PATH")
            ) {
                try await sample.build()
            }
        }
    }

    @Test func `a chain of recipes without an end is refused`() async throws {
        try await withSample { sample in
            try sample.write("base/recipe.yaml", "howdah-image: 1\nname: base\nfrom: ../top\n")
            let error = await #expect(throws: ImageError.self) { try await sample.build() }
            #expect(error?.description.hasSuffix("its chain of 'from' has no end") == true)
        }
    }
}
