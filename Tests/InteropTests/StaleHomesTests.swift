import FoundationEssentials
import Glibc
import Support
import Testing

@testable import RepoPublish

@Suite struct StaleHomesTests {
    @Test func `only homes of runs that are long over are removed`() async throws {
        try await withTemporaryDirectory { parent in
            let files = FileManager.default
            for name in ["howdah-gpg-1", "howdah-gpg-other", "howdah", "target"] {
                try files.createDirectory(
                    atPath: "\(parent)/\(name)", withIntermediateDirectories: true)
            }
            try writeFile(parent + "/howdah-gpg-1/key", [1])
            try writeFile(parent + "/howdah-gpg-2", [1])
            try files.createSymbolicLink(
                atPath: parent + "/howdah-gpg-3", withDestinationPath: parent + "/target")
            let all = Set(try files.contentsOfDirectory(atPath: parent))

            StaleHomes(parent: parent).remove(now: time(nil) + StaleHomes.age - 60)
            #expect(Set(try files.contentsOfDirectory(atPath: parent)) == all)
            StaleHomes(parent: parent).remove(now: time(nil) + StaleHomes.age + 60)
            #expect(
                Set(try files.contentsOfDirectory(atPath: parent))
                    == all.subtracting(["howdah-gpg-1"]))
        }
    }
}
