internal import Cluster
internal import Host

extension MachineSize {
    /// What the kernel says in `/proc` (proc(5)): MemTotal, and a line for each processor that is
    /// online.
    static func read(proc: String) throws -> MachineSize {
        let files = Files(root: proc)
        let memory = try files.text("/meminfo").split(separator: "\n").lazy
            .compactMap { line -> Int? in
                let words = line.split(separator: " ")
                return words.first == "MemTotal:" && words.count > 1 ? Int(words[1]) : nil
            }.first
        guard let memory else {
            throw FileError("read", "\(proc)/meminfo", reason: "it has no MemTotal")
        }
        let processors = try files.text("/stat").split(separator: "\n").count { line in
            line.hasPrefix("cpu") && line.dropFirst(3).first?.isNumber == true
        }
        return MachineSize(memoryMiB: memory / 1024, processors: max(1, processors))
    }
}
