internal import Host

/// The mark that every process of a lab has in its environment, and that its children inherit.
enum Mark {
    static let variable = "HOWDAH_LOCAL_MARK"
    static let environmentLimit = 1 << 20

    static func make(lab: String, name: String) -> String { "\(lab)/\(name)" }

    /// The living processes of a lab, those that our processes started included.
    static func find(lab: String, proc: String = "/proc") -> [ProcessIdentity] {
        find(proc: proc) { $0.starts(with: Array("\(variable)=\(lab)/".utf8)) }
    }

    /// The living processes with this very mark.
    static func find(mark: String, proc: String = "/proc") -> [ProcessIdentity] {
        find(proc: proc) { $0.elementsEqual(Array("\(variable)=\(mark)".utf8)) }
    }

    /// Only root and a process's own user can see its environment.
    private static func find(
        proc: String, _ isWanted: (ArraySlice<UInt8>) -> Bool
    ) -> [ProcessIdentity] {
        let files = Files(root: proc)
        let names = (try? files.list("/")) ?? []
        return names.compactMap { name in
            guard let pid = Int32(name),
                let text = try? files.read("/\(name)/environ", limit: environmentLimit),
                text.split(separator: 0).contains(where: isWanted)
            else { return nil }
            return ProcessIdentity.of(pid: pid, proc: proc)
        }
    }
}
