import FoundationEssentials
import Glibc
import Support
import Testing

@testable import ImageBuild

/// What a build replaces and deletes is its own.
@Suite(.enabled(if: SampleImage.missing == nil, "building an image needs root"))
struct OwnFolderTests {
    /// Names, types, modes, times and contents below a folder.
    private func listing(_ folder: String) async throws -> String {
        let script = "find . -printf '%p %y %m %T@ %i\\n' | sort; find . -type f | sort | xargs cat"
        return try await Command.run("sh", ["-c", script], directory: folder).output
    }

    @Test func `a user's folder is no output, and stays as it is byte for byte`() async throws {
        try await withTemporaryDirectory { folder in
            let sample = try await SampleImage.make(in: folder)
            try sample.write("mine/root/.profile", "mine\n")
            try sample.write("mine/manifest", "also mine\n")
            try sample.write("mine/.building/x", "and this\n")
            try sample.write("mine/image.json", "{ \"name\": \"another program's\" }\n")
            let before = try await listing(folder + "/mine")
            let error = await #expect(throws: ImageError.self) {
                try await sample.builder().build(output: folder + "/mine")
            }
            let line = "'\(folder)/mine' is not empty and is not an image of howdah"
            #expect(error?.description.hasPrefix(line) == true)
            let after = try await listing(folder + "/mine")
            #expect(after == before)
        }
    }

    @Test func `a user's folder is no cache, and stays as it is byte for byte`() async throws {
        try await withTemporaryDirectory { folder in
            let sample = try await SampleImage.make(in: folder)
            try sample.write("mine/building/house.txt", "mine\n")
            try sample.write("mine/layers/cake.txt", "mine\n")
            let before = try await listing(folder + "/mine")
            let error = await #expect(throws: ImageError.self) {
                try await sample.builder(cache: folder + "/mine").build(output: sample.output)
            }
            let line = "'\(folder)/mine' is not empty and is not a cache of howdah"
            #expect(error?.description.hasPrefix(line) == true)
            let after = try await listing(folder + "/mine")
            #expect(after == before)
        }
    }

    @Test func `the root of the machine and a folder of all users are nobody's`() async throws {
        let error = #expect(throws: ImageError.self) { try OwnFolder.image.claim("/") }
        #expect(error?.description == "'/' cannot be an image: name another folder")
        #expect(access("/.howdah-image", F_OK) != 0)
        try await withTemporaryDirectory { folder in
            chmod(folder, 0o1777)
            #expect(throws: ImageError.self) { try OwnFolder.image.claim(folder) }
            let names = try FileManager.default.contentsOfDirectory(atPath: folder)
            #expect(names == [])
        }
    }

    @Test func `an image and a cache that have no marker yet are known`() async throws {
        try await withTemporaryDirectory { folder in
            let sample = try await SampleImage.make(in: folder, above: "")
            let first = try await sample.build()
            for path in [sample.output + "/.howdah-image", sample.cache + "/.howdah-image-cache"] {
                try FileManager.default.removeItem(atPath: path)
            }
            let second = try await sample.build()
            #expect(second == first)
        }
    }

    @Test func `no other user reaches the trees`() async throws {
        try await withTemporaryDirectory { folder in
            let sample = try await SampleImage.make(in: folder)
            try await sample.build()
            for path in [sample.output, sample.cache + "/layers"] {
                let mode = try await Command.run("stat", ["-c", "%a", path]).output
                #expect(mode == "700\n")
            }
        }
    }
}
