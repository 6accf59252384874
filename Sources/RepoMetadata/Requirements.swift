/// Chooses which of a package's requirements go into metadata (createrepo_c's parsehdr.c).
public enum Requirements {
    /// Drops, in this order: what rpm itself must provide; files that the package brings along and
    /// that primary metadata lists; what it provides itself; repetitions of the last kept entry of
    /// a name. Of all `libc.so.6…` the highest version is kept, as the last entry.
    public static func select(
        _ relations: [Relation], provides: [Relation], files: FileList
    ) -> [Dependency] {
        let provided = Set(provides.map(Identity.init))
        let ownFiles = ownPrimaryFiles(relations, files)
        var last: [[UInt8]: Relation] = [:]
        var kept: [Dependency] = []
        var libc: Dependency?
        for relation in relations {
            if relation.name.starts(with: rpmlib) || ownFiles.contains(relation.name) { continue }
            if provided.contains(Identity(relation)) { continue }
            if let previous = last[relation.name], repeats(previous, relation) { continue }
            guard let dependency = Dependency(relation) else { continue }
            if relation.name.starts(with: libcName) {
                if libc.map({ isHigher(dependency.name, than: $0.name) }) ?? true {
                    libc = dependency
                }
                continue
            }
            kept.append(dependency)
            last[relation.name] = relation
        }
        if let libc { kept.append(libc) }
        return kept
    }

    /// What makes two relations mean the same.
    private struct Identity: Hashable {
        let name: [UInt8]
        let comparison: UInt32
        let version: [UInt8]

        init(_ relation: Relation) {
            name = relation.name
            comparison = relation.comparison
            version = relation.version
        }
    }

    private static let rpmlib = Array("rpmlib(".utf8)
    private static let libcName = Array("libc.so.6".utf8)

    private static func repeats(_ one: Relation, _ two: Relation) -> Bool {
        one.comparison == two.comparison && one.version == two.version && one.isPre == two.isPre
    }

    /// Of the files that primary metadata lists, those that are required by path.
    private static func ownPrimaryFiles(
        _ relations: [Relation], _ files: FileList
    ) -> Set<[UInt8]> {
        let wanted = relations.lazy.map(\.name).filter {
            $0.first == UInt8(ascii: "/") && FileList.isPrimary($0)
        }
        if wanted.isEmpty { return [] }
        return Set(wanted).intersection(files.paths)
    }

    /// Compares `libc.so.6(GLIBC_2.4)(64bit)` by the number in the first parentheses; one without
    /// parentheses or number is lower (createrepo_c's cr_compare_dependency).
    static func isHigher(_ name: [UInt8], than other: [UInt8]) -> Bool {
        let (one, two) = (libcVersion(other), libcVersion(name))
        guard let two else { return false }
        guard let one else { return true }
        return VersionOrder.compare(one, two) < 0
    }

    private static func libcVersion(_ name: [UInt8]) -> [UInt8]? {
        guard let open = name.firstIndex(of: UInt8(ascii: "(")),
            let close = name[open...].firstIndex(of: UInt8(ascii: ")"))
        else { return nil }
        let inner = name[(open + 1)..<close]
        let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
        guard let start = inner.firstIndex(where: digits.contains) else { return nil }
        return Array(inner[start...])
    }
}
