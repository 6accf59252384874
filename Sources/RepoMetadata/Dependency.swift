/// A relation as an RPM header has it: three parallel tags (name, flags, version).
public struct Relation: Sendable, Hashable {
    public var name: [UInt8]
    /// RPMSENSE_… of rpm's rpmds.h.
    public var flags: UInt32
    public var version: [UInt8]

    public init(name: [UInt8], flags: UInt32, version: [UInt8]) {
        self.name = name
        self.flags = flags
        self.version = version
    }

    /// What a scriptlet needs: PREREQ, SCRIPT_PRE, SCRIPT_POST, PRETRANS and POSTTRANS
    /// (createrepo_c's parsehdr.c; 0.17.3 leaves out the last two).
    var isPre: Bool { flags & (0x40 | 0x200 | 0x400 | 0x80 | 0x20) != 0 }

    /// LT, GT and EQ.
    var comparison: UInt32 { flags & 0xf }
}

/// An `rpm:entry` of primary metadata.
public struct Dependency: Sendable, Hashable {
    public var name: [UInt8]
    /// LT 2, GT 4, EQ 8, LE 10, GE 12; anything else means that any version will do.
    public var comparison: UInt32
    public var evr: EVR
    public var isPre: Bool

    /// Nil where the version's epoch is no number: createrepo_c drops such a relation.
    public init?(_ relation: Relation) {
        guard let evr = EVR(splitting: relation.version) else { return nil }
        name = relation.name
        comparison = relation.comparison
        self.evr = evr
        isPre = relation.isPre
    }

    var comparisonName: StaticString? {
        switch comparison {
        case 2: "LT"
        case 4: "GT"
        case 8: "EQ"
        case 10: "LE"
        case 12: "GE"
        default: nil
        }
    }
}
