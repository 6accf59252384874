import FoundationEssentials
import Glibc
import PackageInstall
import Support
import Testing

/// Installing into a root of its own changes the root directory of a thread, which takes root.
let isRoot = getuid() == 0

@Suite(.enabled(if: isRoot, "librpm calls chroot, which takes root"))
struct InstallTests {
    @Test func `a package comes with what it requires`() async throws {
        try await SampleRepository.with(["base-1.0-1.noarch", "app-1.0-1.noarch"]) { repository in
            let outcome = try await repository.install("app")
            #expect(outcome.installed == ["base-1.0-1.noarch", "app-1.0-1.noarch"])
            #expect(outcome.fetchedPackages == 2)
            try await repository.expectInstalled(["app-1.0-1.noarch", "base-1.0-1.noarch"])
            try await repository.expectUnchanged("app")
            try await repository.expectUnchanged("base")
        }
    }

    @Test func `what is installed needs no repository`() async throws {
        try await SampleRepository.with(["base-1.0-1.noarch"]) { repository in
            _ = try await repository.install("base")
            _ = repository.requests.take()
            let outcome = try await repository.install("base")
            #expect(outcome.isUnchanged)
            #expect(outcome.unchanged == ["base-1.0-1.noarch"])
            #expect(repository.requests.take() == [])
        }
    }

    @Test func `what the cache has is not fetched again`() async throws {
        try await SampleRepository.with(["base-1.0-1.noarch", "app-1.0-1.noarch"]) { repository in
            _ = try await repository.install("app")
            let first = repository.requests.take()
            #expect(first.filter { $0.hasSuffix(".rpm") }.count == 2)
            try FileManager.default.removeItem(atPath: "\(repository.root)/var/lib/rpm")
            let outcome = try await repository.install("app")
            #expect(outcome.installed.count == 2)
            #expect(outcome.fetchedPackages == 0)
            let index = ["repodata/repomd.xml", "repodata/repomd.xml.asc"]
            #expect(repository.requests.take() == index)
        }
    }

    @Test func `what a cut-off transaction had half unpacked is removed, and no other file`()
        async throws
    {
        try await SampleRepository.with(["base-1.0-1.noarch"]) { repository in
            _ = try await repository.install("base")
            let list = ["-qpl", "\(repository.directory)/base-1.0-1.noarch.rpm"]
            let file = try #require(
                try await Command.run("rpm", list).output.split(separator: "\n").first)
            let path = repository.root + file
            let kept = [path + ";0123abc", path + ";0123abcg", path + "x;0123abcd"]
            for name in kept + [path + ";0123abcd"] { try write("half", to: name) }
            try FileManager.default.removeItem(atPath: "\(repository.root)/var/lib/rpm")
            _ = try await repository.install("base")
            #expect(!FileManager.default.fileExists(atPath: path + ";0123abcd"))
            for name in kept { #expect(FileManager.default.fileExists(atPath: name)) }
        }
    }

    @Test func `a dry run changes nothing`() async throws {
        try await SampleRepository.with(["base-1.0-1.noarch", "app-1.0-1.noarch"]) { repository in
            let request = InstallRequest(names: ["app"], isDryRun: true)
            let outcome = try await repository.installer().install(request)
            #expect(outcome.installed.count == 2)
            #expect(repository.requests.take().filter { $0.hasSuffix(".rpm") } == [])
            try await repository.expectInstalled([])
        }
    }

    @Test func `what is installed is upgraded when that is asked for`() async throws {
        try await SampleRepository.with(["base-1.0-1.noarch", "app-1.0-1.noarch"]) { repository in
            _ = try await repository.install("app")
            try await repository.publish(["app-2.0-1.noarch"])
            #expect(try await repository.install("app").isUnchanged)
            let request = InstallRequest(names: ["app"], upgrades: true)
            let outcome = try await repository.installer().install(request)
            #expect(
                outcome.upgraded == [.init(from: "app-1.0-1.noarch", to: "app-2.0-1.noarch")])
            try await repository.expectInstalled(["app-2.0-1.noarch", "base-1.0-1.noarch"])
            try await repository.expectUnchanged("app")
        }
    }

    @Test func `a version that is named is installed over an older one`() async throws {
        let both = ["base-1.0-1.noarch", "app-1.0-1.noarch", "app-2.0-1.noarch"]
        try await SampleRepository.with(both) { repository in
            let first = try await repository.install("app-1.0")
            #expect(first.installed.contains("app-1.0-1.noarch"))
            let outcome = try await repository.install("app-2.0-1")
            #expect(outcome.upgraded.map(\.to) == ["app-2.0-1.noarch"])
        }
    }

    @Test func `names and versions with plus, tilde and caret are found and fetched`() async throws
    {
        let names = ["libc++-tools-1.0~rc1^git2+5-1.noarch", "libc++-tools-1.0-1.noarch"]
        try await SampleRepository.with(names) { repository in
            let first = try await repository.install("libc++-tools-1.0~rc1^git2+5")
            #expect(first.installed == [names[0]])
            let request = InstallRequest(names: ["libc++-tools"], upgrades: true)
            let second = try await repository.installer().install(request)
            #expect(second.upgraded == [.init(from: names[0], to: names[1])])
            try await repository.expectInstalled([names[1]])
        }
    }

    @Test func `what the system provides can be assumed`() async throws {
        try await SampleRepository.with(["scripted-1.0-1.noarch"]) { repository in
            let assumed = ["/bin/sh", "java-headless = 17"]
            let outcome = try await repository.install("scripted", assumed: assumed)
            #expect(outcome.installed == ["scripted-1.0-1.noarch"])
        }
    }

    @Test func `a required file is found in the list of all files`() async throws {
        let both = ["base-1.0-1.noarch", "reader-1.0-1.noarch"]
        try await SampleRepository.with(both) { repository in
            let outcome = try await repository.install("reader")
            #expect(outcome.installed == ["base-1.0-1.noarch", "reader-1.0-1.noarch"])
            let asked = repository.requests.take()
            #expect(asked.contains { $0.hasSuffix("-filelists.xml.gz") })
        }
    }

    @Test func `a package that obsoletes another takes its place`() async throws {
        try await SampleRepository.with(["base-1.0-1.noarch"]) { repository in
            _ = try await repository.install("base")
            try await repository.publish(["successor-1.0-1.noarch"])
            let outcome = try await repository.install("successor")
            #expect(outcome.installed == ["successor-1.0-1.noarch"])
            #expect(outcome.removed == ["base-1.0-1.noarch"])
            try await repository.expectInstalled(["successor-1.0-1.noarch"])
        }
    }

    @Test func `installations in the same root wait for each other`() async throws {
        try await SampleRepository.with(["base-1.0-1.noarch", "app-1.0-1.noarch"]) { repository in
            var installer = repository.installer()
            installer.clock = ContinuousClock()
            let waiting = installer
            async let one = waiting.install(InstallRequest(names: ["app"]))
            async let other = waiting.install(InstallRequest(names: ["app"]))
            let outcomes = try await [one, other]
            #expect(outcomes.map(\.installed.count).sorted() == [0, 2])
        }
    }
}
