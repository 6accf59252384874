internal import Glibc

/// Pages of code that a program's start has touched and the rest of its life seldom needs.
public enum StartPages {
    /// Of more mappings the rest is left as it is.
    static let maximumMappings = 4096

    /// Takes the code of the program and its libraries out of what is resident; what runs again is
    /// mapped again, from the page cache (madvise(2): MADV_DONTNEED). Code alone: it is as the file
    /// has it, while data that the dynamic linker relocated would be lost.
    public static func giveBack() {
        guard let table = try? Files(root: "/proc").text("/self/maps") else { return }
        for range in code(in: table) {
            madvise(
                UnsafeMutableRawPointer(bitPattern: range.lowerBound), range.count, MADV_DONTNEED)
        }
    }

    /// The mappings of files that may be run and not be written; `table` is as proc(5) says of
    /// `/proc/PID/maps`.
    static func code(in table: String) -> [Range<UInt>] {
        table.split(separator: "\n").prefix(maximumMappings).compactMap { line in
            let fields = line.split(separator: " ", maxSplits: 5)
            guard fields.count == 6, fields[1] == "r-xp",
                fields[5].drop(while: { $0 == " " }).hasPrefix("/")
            else { return nil }
            let ends = fields[0].split(separator: "-").compactMap { UInt($0, radix: 16) }
            return ends.count == 2 && ends[0] < ends[1] ? ends[0]..<ends[1] : nil
        }
    }
}
