import Support
import Testing

@testable import Host

@Suite struct FileLockTests {
    @Test func `a wait for a lock ends, and names the file`() async throws {
        try await withTemporaryDirectory { directory in
            let files = Files(root: directory)
            guard let held = try FileLock.take("/lock", in: files) else {
                throw FileError("lock", directory, reason: "a fresh lock is taken")
            }
            do throws(FileError) {
                _ = try FileLock.take("/lock", in: files, within: .milliseconds(20))
                Issue.record("a lock was given twice")
            } catch {
                #expect(error.path == directory + "/lock")
                #expect(error.reason.hasPrefix("waited 0.02 seconds for "))
            }
            _ = consume held
            _ = try FileLock.take("/lock", in: files, within: .zero)
        }
    }

    /// The form is that of proc(5).
    @Test func `the holder is who has the flock of the very file`() {
        let locks = """
            1: POSIX  ADVISORY  WRITE 11 08:01:77 0 EOF
            2: FLOCK  ADVISORY  WRITE 12 08:02:77 0 EOF
            3: FLOCK  ADVISORY  WRITE 13 08:01:77 0 EOF
            3: -> FLOCK  ADVISORY  WRITE 14 08:01:77 0 EOF
            4: FLOCK  ADVISORY  WRITE -1 08:01:78 0 EOF
            """
        #expect(LockHolder.find(in: locks, device: 0x801, inode: 77) == 13)
        #expect(LockHolder.find(in: locks, device: 0x801, inode: 78) == nil)
        #expect(LockHolder.find(in: locks, device: 0x801, inode: 79) == nil)
    }
}
