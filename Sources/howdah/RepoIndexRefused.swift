internal import ArgumentParser

/// What createrepo_c has and this does not: refused with a sentence instead of left without effect.
/// What only asks for what happens anyway is accepted.
struct RefusedArguments: ParsableArguments {
    @Flag(name: [.long, .customShort("d")], help: .hidden) var database = false
    @Flag(help: .hidden) var noDatabase = false
    @Flag(help: .hidden) var localSqlite = false
    @Flag(name: [.long, .customShort("p")], help: .hidden) var pretty = false
    @Flag(help: .hidden) var noPretty = false
    @Flag(help: .hidden) var errorExitVal = false
    @Flag(help: .hidden) var deltas = false
    @Option(parsing: .unconditionalSingleValue, help: .hidden) var oldpackagedirs: [String] = []
    @Option(parsing: .unconditional, help: .hidden) var numDeltas: String?
    @Option(parsing: .unconditional, help: .hidden) var maxDeltaRpmSize: String?
    @Flag(help: .hidden) var zck = false
    @Option(parsing: .unconditional, help: .hidden) var zckDictDir: String?
    @Flag(help: .hidden) var split = false
    @Flag(help: .hidden) var compatibility = false
    @Flag(help: .hidden) var ignoreLock = false
    @Option(
        name: [.long, .customShort("c", allowingJoined: true)], parsing: .unconditional,
        help: .hidden)
    var cachedir: String?
    @Option(parsing: .unconditional, help: .hidden) var readPkgsList: String?

    func validate() throws {
        for (isGiven, name, reason) in refusals where isGiven {
            throw ValidationError("--\(name) is not offered: \(reason)")
        }
    }

    private var refusals: [(Bool, String, String)] {
        let delta = "delta packages are not made; no current dnf uses them"
        let chunks = "zchunk is not written; use --general-compress-type zstd"
        let sqlite = "sqlite files are not written; dnf, yum and zypper read the XML"
        return [
            (database, "database", sqlite), (localSqlite, "local-sqlite", sqlite),
            (noPretty, "no-pretty", "metadata is written as createrepo_c formats it by default"),
            (deltas, "deltas", delta), (!oldpackagedirs.isEmpty, "oldpackagedirs", delta),
            (numDeltas != nil, "num-deltas", delta),
            (maxDeltaRpmSize != nil, "max-delta-rpm-size", delta),
            (zck, "zck", chunks), (zckDictDir != nil, "zck-dict-dir", chunks),
            (split, "split", "one directory is one repository; index each by itself"),
            (
                compatibility, "compatibility",
                "it means the first createrepo's --retain-old-md; use --retain-old-md-by-age"
            ),
            (ignoreLock, "ignore-lock", "two runs at once lose packages; wait for the other one"),
            (cachedir != nil, "cachedir", "checksums are not kept apart; use --update"),
            (
                readPkgsList != nil, "read-pkgs-list",
                "--json says how many packages were read and which were left out"
            ),
        ]
    }
}
