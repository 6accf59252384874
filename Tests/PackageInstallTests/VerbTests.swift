import FoundationEssentials
import PackageInstall
import Solver
import Support
import Testing

/// What `upgrade`, `remove`, `list`, `provides`, `history` and the flags of `install` do.
@Suite(.enabled(if: isRoot, "librpm calls chroot, which takes root"))
struct VerbTests {
    @Test func `upgrade brings all that is installed to its newest version, and nothing else`()
        async throws
    {
        try await SampleRepository.with(["base-1.0-1.noarch", "app-1.0-1.noarch"]) { repository in
            _ = try await repository.install("app")
            try await repository.publish(["app-2.0-1.noarch", "weak-1.0-1.noarch"])
            let outcome = try await repository.change(.upgrade)
            #expect(outcome.upgraded == [.init(from: "app-1.0-1.noarch", to: "app-2.0-1.noarch")])
            #expect(outcome.installed == [])
            #expect(try await repository.change(.upgrade).isUnchanged)
            await #expect(throws: SolverError.notInstalled("weak")) {
                try await repository.change(.upgrade, "weak")
            }
        }
    }

    @Test func `remove takes what nobody needs, and the rest with its dependents alone`()
        async throws
    {
        try await SampleRepository.with(["base-1.0-1.noarch", "app-1.0-1.noarch"]) { repository in
            _ = try await repository.install("app")
            let error = await #expect(throws: SolverError.self) {
                try await repository.change(.remove(dependents: false), "base")
            }
            #expect(
                error.map { "\($0)".contains("'app-1.0-1.noarch' requires 'base >= 1.0'") } == true)
            try await repository.expectInstalled(["app-1.0-1.noarch", "base-1.0-1.noarch"])
            let all = try await repository.change(.remove(dependents: true), "base")
            #expect(Set(all.removed) == ["app-1.0-1.noarch", "base-1.0-1.noarch"])
            try await repository.expectInstalled([])
            let file = "\(repository.root)/usr/share/base/version"
            #expect(!FileManager.default.fileExists(atPath: file))
        }
    }

    @Test func `what a cut left behind the record of a whole transaction goes with the next run`()
        async throws
    {
        try await SampleRepository.with(["base-1.0-1.noarch"]) { repository in
            _ = try await repository.install("base")
            let left = "\(repository.root)/var/lib/howdah/transactions/1.progress"
            try write("base-1.0-1.noarch\n", to: left)
            #expect(try await repository.install("base").isUnchanged)
            #expect(!FileManager.default.fileExists(atPath: left))
        }
    }

    @Test func `what is protected is not removed`() async throws {
        try await SampleRepository.with(["base-1.0-1.noarch"]) { repository in
            _ = try await repository.install("base")
            let folder = "\(repository.root)/etc/dnf/protected.d"
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true)
            try write("# ours\nbase\n", to: "\(folder)/acme.conf")
            var request = InstallRequest(.remove(dependents: true), names: ["base"])
            let files = DNFFiles(root: repository.root, environment: [:])
            request.policy.protected = try files.protectedNames()
            let protected = request
            await #expect(throws: SolverError.protected(["base"])) {
                try await repository.installer().change(protected)
            }
            try await repository.expectInstalled(["base-1.0-1.noarch"])
        }
    }

    @Test func `a download fetches and verifies, and installs nothing`() async throws {
        try await SampleRepository.with(["base-1.0-1.noarch", "app-1.0-1.noarch"]) { repository in
            var request = InstallRequest(names: ["app"])
            request.isDownload = true
            let outcome = try await repository.installer().install(request)
            #expect(outcome.fetchedPackages == 2)
            try await repository.expectInstalled([])
            _ = repository.requests.take()
            #expect(try await repository.install("app").fetchedPackages == 0)
        }
    }

    @Test func `packages are listed by what they are, and found by what they have`() async throws {
        let names = ["app-1.0-1.noarch", "app-2.0-1.noarch", "base-1.0-1.noarch"]
        try await SampleRepository.with(names) { repository in
            _ = try await repository.install("base")
            let installer = repository.installer()
            let available = try await installer.list(.available).packages
            #expect(available.map(\.identity) == names)
            #expect(Set(available.map(\.repository)) == ["acme"])
            #expect(try await installer.list(.available, names: ["ap*"]).packages.count == 2)
            let installed = try await installer.list(.installed).packages
            #expect(installed.map(\.identity) == ["base-1.0-1.noarch"])
            #expect(installed.map(\.repository) == [nil])
            for what in ["app = 2.0-1", "/usr/share/app/version", "*share/app/vers*"] {
                let found = try await installer.list(.providing(what)).packages
                #expect(found.contains { $0.identity == "app-2.0-1.noarch" }, "\(what)")
                #expect(!found.contains { $0.name == "base" }, "\(what)")
            }
            #expect(try await installer.list(.providing("nothing-has-this")).packages == [])
        }
    }

    @Test func `the history has what was asked, what changed and how it ended`() async throws {
        let both = ["base-1.0-1.noarch", "rival-1.0-1.noarch"]
        try await SampleRepository.with(both) { repository in
            #expect(try repository.installer().history.records() == [])
            _ = try await repository.install("base")
            await #expect(throws: (any Error).self) { try await repository.install("rival") }
            _ = try await repository.change(.remove(dependents: false), "base")
            let records = try repository.installer().history.records()
            #expect(records.map(\.number) == [1, 2, 3])
            #expect(records.map(\.asked) == ["install base", "install rival", "remove base"])
            #expect(records.map(\.result) == [.done, .failed, .done])
            #expect(records[0].installed == ["base-1.0-1.noarch"])
            #expect(records[1].error?.contains("/usr/share/base/version") == true)
            #expect(records[2].removed == ["base-1.0-1.noarch"])
            #expect(records.allSatisfy { ($0.ended ?? 0) >= $0.begun })
        }
    }

    @Test func `what packages recommend comes with them, unless that is turned off`() async throws {
        try await SampleRepository.with(["base-1.0-1.noarch", "weak-1.0-1.noarch"]) { repository in
            var request = InstallRequest(names: ["weak"], isDryRun: true)
            let both = try await repository.installer().install(request)
            #expect(Set(both.installed) == ["base-1.0-1.noarch", "weak-1.0-1.noarch"])
            request.policy.takesRecommended = false
            let one = try await repository.installer().install(request)
            #expect(one.installed == ["weak-1.0-1.noarch"])
        }
    }

    @Test func `a rich dependency is resolved`() async throws {
        let names = ["base-1.0-1.noarch", "libc++-tools-1.0-1.noarch", "rich-1.0-1.noarch"]
        try await SampleRepository.with(names) { repository in
            #expect(Set(try await repository.install("rich").installed) == Set(names))
            try await repository.expectInstalled(names)
        }
    }

    @Test func `excludes and locks keep packages out, and are named where they are in the way`()
        async throws
    {
        let names = ["app-1.0-1.noarch", "app-2.0-1.noarch", "base-1.0-1.noarch"]
        try await SampleRepository.with(names) { repository in
            for lock in ["app-0:1.0-1.*", "0:app-1.0-1.*", "app-1.0*"] {
                var locked = InstallRequest(names: ["app"], isDryRun: true)
                locked.policy.locks = [lock]
                let outcome = try await repository.installer().install(locked)
                #expect(outcome.installed.contains("app-1.0-1.noarch"), "\(lock)")
            }
            for pattern in ["app-2*", "app-2.0-1.noarch"] {
                var excluding = InstallRequest(names: ["app"], isDryRun: true)
                excluding.policy.excludes = [pattern]
                let outcome = try await repository.installer().install(excluding)
                #expect(outcome.installed.contains("app-1.0-1.noarch"), "\(pattern)")
            }
            var none = InstallRequest(names: ["app"], isDryRun: true)
            none.policy.excludes = ["app"]
            let request = none
            let error = await #expect(throws: SolverError.self) {
                try await repository.installer().install(request)
            }
            #expect(error.map { "\($0)".contains("excludepkgs") } == true)
        }
    }
}
