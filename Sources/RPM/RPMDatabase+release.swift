internal import CRPM
internal import Glibc

extension RPMDatabase {
    /// dnf's `const.py`, `DISTROVERPKG`.
    private static let releases = [
        "system-release(releasever)", "system-release", "distribution-release(releasever)",
        "distribution-release", "redhat-release", "suse-release",
    ]

    /// The distribution's version, as dnf finds its `$releasever`; nil where no package says it.
    /// To be called inside ``RPMLibrary/run(_:)`` alone.
    public static func systemRelease(root: String) -> String? {
        guard exists(root: root) else { return nil }
        return withPath(root: root) {
            guard let transaction = rpmtsCreate() else { return nil }
            defer { rpmtsFree(transaction) }
            guard rpmtsSetRootDir(transaction, root.isEmpty ? "/" : root) == 0 else { return nil }
            for capability in releases {
                if let version = release(capability, transaction) { return version }
            }
            return nil
        }
    }

    private static func release(_ capability: String, _ transaction: rpmts) -> String? {
        let iterator = rpmtsInitIterator(
            transaction, rpmDbiTagVal(RPMDBI_PROVIDENAME.rawValue), capability, 0)
        defer { rpmdbFreeIterator(iterator) }
        guard let header = rpmdbNextIterator(iterator) else { return nil }
        if string(header, RPMTAG_NAME) != capability, let named = provided(capability, by: header) {
            return named
        }
        return string(header, RPMTAG_VERSION)
    }

    /// The version that a package provides a capability in, where it is exactly one.
    private static func provided(_ capability: String, by header: Header) -> String? {
        guard let set = rpmdsNew(header, rpmTagVal(RPMTAG_PROVIDENAME.rawValue), 0) else {
            return nil
        }
        defer { rpmdsFree(set) }
        while rpmdsNext(set) >= 0 {
            guard let name = rpmdsN(set), String(cString: name) == capability,
                rpmdsFlags(set) == RPMSENSE_EQUAL.rawValue, let version = rpmdsEVR(set)
            else { continue }
            let text = String(cString: version)
            return text.isEmpty ? nil : text
        }
        return nil
    }

    private static func string(_ header: Header, _ tag: rpmTag_e) -> String? {
        headerGetString(header, rpmTagVal(tag.rawValue)).map { String(cString: $0) }
    }
}
