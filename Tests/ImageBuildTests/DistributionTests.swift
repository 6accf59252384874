import FoundationEssentials
import Glibc
import Support
import Testing

@testable import ImageBuild

/// Images of whole systems, as mmdebstrap and dnf make them. The layers above Java are files alone,
/// which the images of samples show.
@Suite(.serialized, .enabled(if: SampleImage.missing == nil, "building an image needs root"))
struct DistributionTests {
    /// Kept between runs, and shared with ``ContainerTree``: the packages of Debian are got once.
    static let packages = Checkout.cache + "/images/packages"

    @Test func `two images of Debian with nothing in common but its packages are equal`()
        async throws
    {
        try await withTemporaryDirectory { folder in
            let build: @Sendable (Int) async throws -> BuiltImage = { number in
                var builder = ImageBuilder(
                    recipe: Checkout.root + "/images/java",
                    cache: "\(folder)/cache\(number)", say: { print("image \(number): \($0)") })
                builder.packages = Self.packages
                return try await builder.build(output: "\(folder)/out\(number)")
            }
            async let one = build(1)
            async let two = build(2)
            let (first, second) = try await (one, two)
            #expect(first == second)
            #expect(first.packages["openjdk-17-jre-headless"] != nil)
            #expect(first.packages["systemd"] != nil)
            let difference = try await Command.run(
                "diff", ["\(folder)/out1/manifest", "\(folder)/out2/manifest"], mayFail: true)
            #expect(difference.output == "")
            try await expectWhole(folder + "/out1")
            let limit: UInt64 = 480 << 20
            #expect(first.bytes < limit, "an image is to stay small")
        }
    }

    /// The tree is what its manifest says, Java's keystore is one, and nobody can log in.
    private func expectWhole(_ output: String) async throws {
        let text = try String(contentsOfFile: output + "/manifest", encoding: .utf8)
        #expect(try TreeScan().run(output + "/root").manifest == Manifest(text: text))
        let list = try await Command.run(
            "keytool",
            [
                "-list", "-keystore", output + "/root/etc/ssl/certs/java/cacerts", "-storepass",
                "changeit",
            ])
        #expect(list.output.contains("trustedCertEntry"))
        let shadow = try String(contentsOfFile: output + "/root/etc/shadow", encoding: .utf8)
        for line in shadow.split(separator: "\n") {
            let password = line.split(separator: ":", omittingEmptySubsequences: false)[1]
            #expect(["*", "!", "!*"].contains(password), "\(line)")
        }
    }

    @Test func `an image of RPMs is made by dnf, and twice the same`() async throws {
        try await withTemporaryDirectory { folder in
            let builder = RPMBuilder(directory: folder + "/rpms")
            try await builder.build(.init("tool", requires: ["lib"]))
            try await builder.build(.init("lib", files: ["/usr/share/lib/data": "data\n"]))
            try await builder.build(.init("extra"))
            try await Command.run("createrepo_c", ["-q", folder + "/rpms"])
            let sample = SampleImage(folder: folder)
            try sample.write(
                "base/recipe.yaml",
                """
                howdah-image: 1
                name: base
                bootstrap:
                  tool: dnf
                  release: "9"
                  packages: [tool]
                  repositories: [{ id: test, baseurl: "file://\(folder)/rpms" }]
                """)
            try sample.write(
                "top/recipe.yaml",
                "howdah-image: 1\nname: top\nfrom: ../base\npackages: [extra]\n")
            let first = try await sample.build()
            let second = try await sample.builder(cache: folder + "/other")
                .build(output: folder + "/out2")
            #expect(first == second)
            #expect(first.packages == ["tool": "1.0-1", "lib": "1.0-1", "extra": "1.0-1"])
            #expect(try sample.text("usr/share/lib/data") == "data\n")
            let left = try sample.leftovers()
            #expect(left == [])
        }
    }
}
