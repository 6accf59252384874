internal import CRPM
internal import Glibc

/// What a power cut in the middle of an earlier transaction left: librpm unpacks a file as
/// `NAME;ID`, ID being eight hexadecimal digits of the transaction, and renames it (lib/fsm.c of
/// rpm). It does not look for those of others.
struct UnpackLeftovers {
    static let idLength = 8

    private(set) var configuration = ConfigurationFiles()

    /// Names by folder.
    private var names: [String: Set<String>] = [:]

    mutating func note(filesOf header: Header) {
        guard let files = rpmfilesNew(nil, header, 0, rpmfiFlags(RPMFI_NOFILECLASS.rawValue))
        else { return }
        defer { rpmfilesFree(files) }
        for index in 0..<rpmfilesFC(files) {
            guard let path = rpmfilesFN(files, Int32(bitPattern: index)) else { continue }
            defer { free(path) }
            let text = String(cString: path)
            note(text)
            configuration.note(files, Int32(bitPattern: index), path: text)
        }
    }

    mutating func note(_ path: String) {
        guard let slash = path.lastIndex(of: "/") else { return }
        names[String(path[..<slash]), default: []].insert(String(path[path.index(after: slash)...]))
    }

    /// Removes them from the folders that the noted files go to. One that cannot be removed harms
    /// nobody. A folder that leads out of the root is left alone.
    func remove(below root: String) {
        for (folder, wanted) in names {
            guard let real = Self.place(of: folder, below: root) else { continue }
            for name in Self.entries(of: real) where Self.isLeftover(name, of: wanted) {
                unlink(real + "/" + name)
            }
        }
    }

    static func isLeftover(_ name: String, of wanted: Set<String>) -> Bool {
        guard let mark = name.lastIndex(of: ";"), wanted.contains(String(name[..<mark])) else {
            return false
        }
        let id = name[name.index(after: mark)...]
        return id.count == idLength && id.allSatisfy { "0123456789abcdef".contains($0) }
    }

    /// The folders of the noted files, not below any root.
    var folders: Dictionary<String, Set<String>>.Keys { names.keys }

    /// Where a folder really is; nil where that is out of the root.
    static func place(of folder: String, below root: String) -> String? {
        guard let base = real(root), let real = real(root + "/" + folder),
            base == "/" || real == base || real.hasPrefix(base + "/")
        else { return nil }
        return real
    }

    private static func real(_ path: String) -> String? {
        guard let resolved = realpath(path, nil) else { return nil }
        defer { free(resolved) }
        return String(cString: resolved)
    }

    private static func entries(of folder: String) -> [String] {
        guard let stream = opendir(folder) else { return [] }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            names.append(
                withUnsafePointer(to: &entry.pointee.d_name) {
                    $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
                })
        }
        return names
    }
}
