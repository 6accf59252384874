import Host
import Support
import Testing

@testable import LocalCloud

@Suite struct LoopImageTests {
    /// The text is what Linux 6 shows for a loop device whose file was removed.
    @Test func `a loop device outlives its image file and is found`() async throws {
        try await withTemporaryDirectory { directory in
            let blocks = Files(root: directory + "/block")
            let real = AbsolutePath.of(directory)
            let backing = [
                "loop0": "\(real)/vol-1.img", "loop1": "\(real)/vol-1.img (deleted)",
                "loop2": "\(real)/vol-10.img (deleted)", "sda": "\(real)/vol-1.img (deleted)",
            ]
            for (name, text) in backing {
                try blocks.makeDirectory("/\(name)/loop")
                try blocks.write(text + "\n", to: "/\(name)/loop/backing_file")
            }
            try blocks.makeDirectory("/loop3")
            try Files(root: directory).symlink("/link", to: real)
            for folder in [directory, directory + "/link"] {
                #expect(
                    LoopImage.orphans(image: folder + "/vol-1.img", blocks: blocks)
                        == ["/dev/loop1"])
            }
        }
    }
}
