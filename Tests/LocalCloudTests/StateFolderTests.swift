import Host
import Support
import Testing

@testable import LocalCloud

/// What `up` and `down` may take and remove.
@Suite struct StateFolderTests {
    static func down(_ folder: StateFolder) async throws {
        try await Teardown(folder: folder) { _ in }.run()
    }

    @Test func `a folder that is not a lab's is refused and keeps all`() async throws {
        try await withTemporaryDirectory { directory in
            let folder = StateFolder(path: directory)
            let names = ["lab.json", "instances", "thesis.txt"]
            for name in names { try folder.files.write("mine", to: "/" + name) }
            #expect(throws: LabError.self) { try folder.claim() }
            await #expect(throws: LabError.self) { try await Self.down(folder) }
            #expect(try folder.files.list("/") == names.sorted())
        }
    }

    @Test(arguments: ["/", "//", "/usr/.."])
    func `the root of the machine is refused`(path: String) async throws {
        let folder = StateFolder(path: path)
        #expect(try folder.owner() == .stranger)
        #expect(throws: LabError.self) { try folder.claim() }
        await #expect(throws: LabError.self) { try await Self.down(folder) }
    }

    @Test func `down of an absent or an empty folder does nothing`() async throws {
        try await withTemporaryDirectory { directory in
            try await Self.down(StateFolder(path: directory))
            #expect(try Files(root: directory).list("/") == [])
            try await Self.down(StateFolder(path: directory + "/absent"))
            #expect(!Files(root: directory).exists("/absent"))
        }
    }

    @Test func `down removes the lab's own names alone, twice, and up may take the folder again`()
        async throws
    {
        try await withTemporaryDirectory { directory in
            let folder = StateFolder(path: directory)
            try folder.claim()
            try JSONFile.write(Lab(id: "00000a"), to: StateFolder.lab, in: folder.files)
            for parent in ["/instances/i-1/root", "/cache", "/log"] {
                try folder.files.makeDirectory(parent)
                try folder.files.write("x", to: parent + "/x")
            }
            try folder.files.write("x", to: "/notes.txt")
            for _ in 0..<2 {
                try await Self.down(folder)
                #expect(
                    try folder.files.list("/").filter { !$0.hasSuffix(".lock") }
                        == ["cache", "howdah-local", "log", "notes.txt"])
            }
            try folder.claim()
        }
    }

    @Test func `a lab's record that cannot be read stops down, which removes nothing`()
        async throws
    {
        try await withTemporaryDirectory { directory in
            let folder = StateFolder(path: directory)
            try folder.claim()
            try folder.files.write("{", to: StateFolder.lab)
            try folder.files.write("x", to: StateFolder.secrets)
            await #expect(throws: LabError.self) { try await Self.down(folder) }
            #expect(folder.files.exists(StateFolder.secrets))
            try folder.files.remove(StateFolder.lab)
            try await Self.down(folder)
            #expect(!folder.files.exists(StateFolder.secrets))
        }
    }

    @Test func `a lab made before there were markers is a lab, also when cleared`() async throws {
        try await withTemporaryDirectory { directory in
            let folder = StateFolder(path: directory)
            try folder.files.write("", to: StateFolder.labLock)
            try folder.files.makeDirectory(StateFolder.logs)
            #expect(try folder.owner() == .lab)
            try folder.files.makeDirectory(StateFolder.instances)
            #expect(try folder.owner() == .stranger)
            try JSONFile.write(Lab(id: "00000a"), to: StateFolder.lab, in: folder.files)
            #expect(try folder.owner() == .lab)
        }
    }
}
