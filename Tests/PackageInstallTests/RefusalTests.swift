import FoundationEssentials
import PackageInstall
import RPM
import Solver
import Support
import Testing

/// What must not be installed, and in which words it is refused.
@Suite(.enabled(if: isRoot, "librpm calls chroot, which takes root"))
struct RefusalTests {
    @Test func `a missing package is named with its repository`() async throws {
        try await SampleRepository.with(["base-1.0-1.noarch"]) { repository in
            let error = await #expect(throws: SolverError.self) {
                try await repository.install("hdfs")
            }
            #expect(
                error.map(String.init(describing:))
                    == "no package 'hdfs' in repository 'acme'; "
                    + "publish it there, or correct the name")
        }
    }

    @Test func `a missing requirement is named with its package`() async throws {
        try await SampleRepository.with(["lonely-1.0-1.noarch"]) { repository in
            let error = await #expect(throws: SolverError.self) {
                try await repository.install("lonely")
            }
            #expect(
                error.map(String.init(describing:))
                    == "package 'lonely-1.0-1.noarch' of repository 'acme' requires "
                    + "'no-such-capability = 3', which nothing provides; publish a package that "
                    + "does, or assume it if the system has it without a package")
            try await repository.expectInstalled([])
        }
    }

    @Test func `a package that is not what the metadata says is refused`() async throws {
        try await SampleRepository.with(["base-1.0-1.noarch", "app-1.0-1.noarch"]) { repository in
            try flipLastByte(of: "\(repository.directory)/app-1.0-1.noarch.rpm")
            let error = await #expect(throws: TransportError.self) {
                try await repository.install("app")
            }
            guard case .wrongDigest(let url, let expected, let found) = error else {
                Issue.record("unexpected: \(String(describing: error))")
                return
            }
            #expect(url.hasSuffix("/app-1.0-1.noarch.rpm"))
            #expect("\(expected)" != found)
            try await repository.expectInstalled([])
        }
    }

    @Test func `a package whose content does not fit its signature is refused`() async throws {
        try await SampleRepository.with([]) { repository in
            let path = "\(repository.directory)/base-1.0-1.noarch.rpm"
            try FileManager.default.copyItem(
                atPath: repository.packages.path("base-1.0-1.noarch"), toPath: path)
            try flipLastByte(of: path)
            try await repository.publish([])
            let error = await #expect(throws: SignatureError.self) {
                try await repository.install("base")
            }
            guard case .bad = error else {
                Issue.record("unexpected: \(String(describing: error))")
                return
            }
            try await repository.expectInstalled([])
        }
    }

    @Test func `metadata with another checksum is refused`() async throws {
        try await SampleRepository.with(["base-1.0-1.noarch"]) { repository in
            let folder = "\(repository.directory)/repodata"
            let names = try FileManager.default.contentsOfDirectory(atPath: folder)
            let primary = try #require(names.first { $0.hasSuffix("-primary.xml.gz") })
            try flipLastByte(of: "\(folder)/\(primary)")
            let error = await #expect(throws: TransportError.self) {
                try await repository.install("base")
            }
            guard case .wrongDigest(let url, _, _) = error else {
                Issue.record("unexpected: \(String(describing: error))")
                return
            }
            #expect(url.hasSuffix(primary))
        }
    }

    @Test func `a package without a signature is refused`() async throws {
        try await SampleRepository.with(["naked-1.0-1.noarch"]) { repository in
            let url = "file://\(repository.directory)/naked-1.0-1.noarch.rpm"
            await #expect(throws: SignatureError.unsigned(name: url)) {
                try await repository.install("naked")
            }
            try await repository.expectInstalled([])
        }
    }

    @Test func `a package that another key signed is refused, and the rest with it`() async throws {
        let both = ["base-1.0-1.noarch", "foreign-1.0-1.noarch"]
        try await SampleRepository.with(both) { repository in
            let url = "file://\(repository.directory)/foreign-1.0-1.noarch.rpm"
            let keyID = repository.packages.foreignKey.fingerprint.lowercased().suffix(16)
            let error = await #expect(throws: SignatureError.self) {
                try await repository.install("base", "foreign")
            }
            guard case .unknownKey(url, let found) = error else {
                Issue.record("unexpected: \(String(describing: error))")
                return
            }
            #expect(keyID.hasSuffix(found) && !found.isEmpty)
            try await repository.expectInstalled([])
        }
    }

    @Test func `an index that was changed after signing is refused`() async throws {
        try await SampleRepository.with(["base-1.0-1.noarch"]) { repository in
            let index = "\(repository.directory)/repodata/repomd.xml"
            let text = try String(decoding: Data(contentsOf: URL(filePath: index)), as: UTF8.self)
            try write(text + "\n", to: index)
            let error = await #expect(throws: SignatureError.self) {
                try await repository.install("base")
            }
            guard case .bad = error else {
                Issue.record("unexpected: \(String(describing: error))")
                return
            }
            // The index may have been published between the two reads, so it was read again.
            let asked = repository.requests.take().filter { $0.hasSuffix("repomd.xml") }
            #expect(asked.count == 3)
        }
    }

    @Test func `an index that another key signed is refused`() async throws {
        try await SampleRepository.with(["base-1.0-1.noarch"]) { repository in
            try await repository.publish([], signedBy: repository.packages.foreignKey)
            let error = await #expect(throws: SignatureError.self) {
                try await repository.install("base")
            }
            guard case .unknownKey = error else {
                Issue.record("unexpected: \(String(describing: error))")
                return
            }
        }
    }

    @Test func `an index without a signature is refused unless that is allowed`() async throws {
        try await SampleRepository.with(["base-1.0-1.noarch"]) { repository in
            let signature = "\(repository.directory)/repodata/repomd.xml.asc"
            try FileManager.default.removeItem(atPath: signature)
            await #expect(
                throws: InstallError.unsignedMetadata(
                    repository: "acme", url: "file://\(signature)")
            ) {
                try await repository.install("base")
            }
            let lenient = repository.installer(checksMetadataSignature: false)
            let outcome = try await lenient.install(InstallRequest(names: ["base"]))
            #expect(outcome.installed == ["base-1.0-1.noarch"])
        }
    }

    @Test func `without a key nothing is installed`() async throws {
        try await SampleRepository.with(["base-1.0-1.noarch"]) { repository in
            let installer = repository.installer(keyPaths: [])
            await #expect(throws: InstallError.noKey(repository: "acme")) {
                try await installer.install(InstallRequest(names: ["base"]))
            }
        }
    }

    @Test func `a file that is no key is refused by name`() async throws {
        try await SampleRepository.with(["base-1.0-1.noarch"]) { repository in
            try write("not a key\n", to: repository.keyPath)
            let error = await #expect(throws: InstallError.self) {
                try await repository.install("base")
            }
            guard case .unreadableKey("acme", let reason) = error else {
                Issue.record("unexpected: \(String(describing: error))")
                return
            }
            #expect(reason.contains(repository.keyPath))
        }
    }

    @Test func `a key with another fingerprint is refused, and so is one too few`() async throws {
        try await SampleRepository.with(["base-1.0-1.noarch"]) { repository in
            let right = repository.packages.key.fingerprint.lowercased()
            let other = String(repeating: "0", count: 40)
            for (fingerprints, words) in [
                ([other], "its key '\(right)' is not among"),
                ([right, other], "it has no key '\(other)'"),
            ] {
                let error = await #expect(throws: InstallError.self) {
                    try await repository.installer(fingerprints: fingerprints)
                        .install(InstallRequest(names: ["base"]))
                }
                #expect(error.map { "\($0)".contains(words) } == true)
            }
            try await repository.expectInstalled([])
            _ = try await repository.installer(fingerprints: [right])
                .install(InstallRequest(names: ["base"]))
        }
    }

    @Test func `two packages with the same file are not installed together`() async throws {
        let both = ["base-1.0-1.noarch", "rival-1.0-1.noarch"]
        try await SampleRepository.with(both) { repository in
            let error = await #expect(throws: TransactionError.self) {
                try await repository.install("base", "rival")
            }
            #expect(String(describing: error).contains("/usr/share/base/version"))
            try await repository.expectInstalled([])
        }
    }

    private func flipLastByte(of path: String) throws {
        var bytes = try Data(contentsOf: URL(filePath: path))
        bytes[bytes.count - 1] ^= 0xFF
        try bytes.write(to: URL(filePath: path))
    }
}
