import Glibc
import Support
import Testing

/// The packages as files. Without root.
@Suite(.enabled(if: BuiltPackages.whyNot == nil)) struct PackageFileTests {
    @Test func `the same commit makes the same bytes, and both packages hold the same`()
        async throws
    {
        try await BuiltPackages.with(["1.0", "again"]) { built in
            for pair in [
                (built.rpm("1.0"), built.rpm("again")), (built.deb("1.0"), built.deb("again")),
            ] {
                let same = try await Command.run("cmp", [pair.0, pair.1], mayFail: true)
                #expect(same.exitCode == 0, "\(same.output)")
            }
            let rpm = try await Self.rpmFiles(built.rpm("1.0"))
            let deb = try await Self.debFiles(built.deb("1.0"))
            #expect(rpm["/usr/bin/howdah-node"] == "-rwxr-xr-x root root")
            #expect(rpm["/etc/howdah/environment"] == "-rw------- root root")
            #expect(rpm["/var/lib/howdah"] == "drwx------ root root")
            // Where zsh looks, and where init scripts are, is another place there.
            let own = ["/zsh", "/init.d", "/doc/howdah-node/howdah-boot"]
            func shared(_ files: [String: String]) -> [String: String] {
                files.filter { file in !own.contains { file.key.contains($0) } }
            }
            #expect(shared(rpm).count > 25)
            for (path, kind) in shared(rpm) { #expect(deb[path] == kind, "\(path)") }
            for (path, kind) in shared(deb) where kind.hasPrefix("-") {
                #expect(rpm[path] == kind, "\(path)")
            }
        }
    }

    @Test func `what an administrator may change is marked so`() async throws {
        try await BuiltPackages.with(["1.0"]) { built in
            let rpm = try await Self.query(["--configfiles"], built.rpm("1.0"))
            #expect(rpm == "/etc/howdah/environment\n")
            let flags = try await Self.query(
                ["--queryformat", "[%{FILENAMES} %{FILEFLAGS:fflags}\n]"], built.rpm("1.0"))
            #expect(flags.contains("/etc/howdah/environment cn\n"))
            let deb = try await Command.run(
                "dpkg-deb", ["--info", built.deb("1.0"), "conffiles"]
            ).output
            #expect(deb == "/etc/howdah/environment\n/etc/init.d/howdah-boot\n")
        }
    }

    @Test func `each library that the program names is required`() async throws {
        try await BuiltPackages.with(["1.0"]) { built in
            let dynamic = try await Command.run("readelf", ["-d", Checkout.nodeProgram]).output
            let needed = dynamic.split(separator: "\n").compactMap { line -> Substring? in
                guard line.contains("(NEEDED)") else { return nil }
                return line.split(separator: "[").last?.dropLast()
            }
            #expect(needed.contains("librpm.so.9"))
            let required = try await Self.query(["--requires"], built.rpm("1.0"))
                .split(separator: "\n")
            for library in needed {
                #expect(required.contains { $0.hasPrefix("\(library)(") }, "\(library)")
            }
            let deb = try await Command.run(
                "dpkg-deb", ["--field", built.deb("1.0"), "Depends"]
            ).output
            #expect(deb.contains("librpm9 (>= ") && deb.contains("libsolv1 (>= "))
        }
    }

    @Test func `wrong words and a program that is not there end with one line`() async throws {
        let script = Checkout.root + "/scripts/build-packages"
        for words in [[], ["--colour", "x"], ["a", "b"], ["--version"]] {
            #expect(try await Command.run(script, words, mayFail: true).exitCode == 64)
        }
        let absent = try await Command.run(
            script, ["--program", "/nowhere", "/tmp/nothing"], mayFail: true)
        #expect(absent.exitCode == 1)
        #expect(absent.errors == "build-packages: no program '/nowhere'\n")
        let odd = try await Command.run(
            script, ["--program", Checkout.nodeProgram, "--version", "1 0", "/tmp/nothing"],
            mayFail: true)
        #expect(odd.errors == "build-packages: '1 0' is no version for a package\n")
    }

    private static func query(_ words: [String], _ path: String) async throws -> String {
        // A folder of its own: rpm would make a database in root's home.
        try await withTemporaryDirectory { database in
            try await Command.run(
                "rpm", ["--dbpath", database, "--query", "--package"] + words + [path]
            ).output
        }
    }

    private static func rpmFiles(_ path: String) async throws -> [String: String] {
        let format = "[%{FILENAMES} %{FILEMODES:perms} %{FILEUSERNAME} %{FILEGROUPNAME}\n]"
        return table(
            try await query(["--queryformat", format], path).split(separator: "\n").map {
                $0.split(separator: " ").map(String.init)
            })
    }

    private static func debFiles(_ path: String) async throws -> [String: String] {
        let lines = try await Command.run("dpkg-deb", ["--contents", path]).output
        return table(
            lines.split(separator: "\n").map { line in
                let words = line.split(separator: " ").map(String.init)
                let owners = words[1].split(separator: "/").map(String.init)
                var file = String(words[5].dropFirst())
                if file.count > 1, file.hasSuffix("/") { file.removeLast() }
                return [file, words[0]] + owners
            })
    }

    private static func table(_ rows: [[String]]) -> [String: String] {
        Dictionary(uniqueKeysWithValues: rows.map { ($0[0], $0[1...].joined(separator: " ")) })
    }
}
