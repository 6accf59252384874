import Support
import Testing

@testable import ImageBuild

/// apt, on a repository in a folder.
@Suite(.enabled(if: SampleImage.missing == nil, "the namespaces of a sandbox need root"))
struct AptFetchTests {
    /// Makes the repository hold one package in one version, as a mirror after an update.
    private func publish(_ version: String, in folder: String) async throws {
        let script = """
            set -eu
            rm -rf mirror package; mkdir -p mirror package/DEBIAN
            printf '%s\\n' 'Package: tool' 'Version: \(version)' 'Architecture: all' \
                'Maintainer: test <test@example.com>' 'Description: a test' \
                >package/DEBIAN/control
            dpkg-deb -b package mirror/tool_\(version)_all.deb
            cd mirror
            f=tool_\(version)_all.deb
            { dpkg-deb -f $f; echo "Filename: ./$f"; echo "Size: $(stat -c %s $f)"
              echo "SHA256: $(sha256sum $f | cut -d' ' -f1)"; echo; } >Packages
            """
        try await Command.run("sh", ["-c", script], directory: folder)
    }

    private func fetch(_ folder: String, _ number: Int) async throws -> String {
        let work = "\(folder)/work\(number)"
        try await Command.run("mkdir", ["-p", work, folder + "/kept"])
        try await Command.run("touch", [folder + "/status"])
        let fetch = AptFetch(
            folder: folder + "/kept", suite: "test",
            sources: ["deb [trusted=yes] copy:\(folder)/mirror ./"])
        try await Sandbox(work: work, writable: [folder + "/kept"], hasNetwork: true)
            .run(fetch.script(["tool"], status: folder + "/status"), as: "getting packages")
        return try await Command.run("ls", [work + "/repo"]).output
    }

    @Test func `a package that an update took from the mirror is asked for anew`() async throws {
        try await withTemporaryDirectory { folder in
            try await publish("1.0", in: folder)
            let first = try await fetch(folder, 1)
            #expect(first == "Packages\nRelease\ntool_1.0_all.deb\n")
            try await publish("1.1", in: folder)
            // With its file kept it is not asked for at all.
            let again = try await fetch(folder, 2)
            #expect(again == first)
            try await Command.run("sh", ["-c", "rm kept/archives/*.deb"], directory: folder)
            let second = try await fetch(folder, 3)
            #expect(second == "Packages\nRelease\ntool_1.1_all.deb\n")
        }
    }
}
