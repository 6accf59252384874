internal import ArgumentParser

/// createrepo_c's options, with its names and short forms, in groups. `howdah repo index` and the
/// program under the name `createrepo_c` both read them.
///
/// `.unconditional`: a value may begin with a hyphen, as in `--changelog-limit -1`.
struct SelectionArguments: ParsableArguments {
    @Option(
        name: [.long, .customShort("x", allowingJoined: true)], parsing: .unconditionalSingleValue,
        help: "Pass over paths or names of this pattern ('*' and '?'); may be repeated.")
    var excludes: [String] = []

    @Option(
        name: [.long, .customShort("i", allowingJoined: true)], parsing: .unconditional,
        help: "Index only the packages that this file lists, one path below DIR a line.",
        completion: .file())
    var pkglist: String?

    @Option(
        name: [.long, .customShort("n", allowingJoined: true)], parsing: .unconditionalSingleValue,
        help: "Index only this package, a path below DIR; may be repeated.")
    var includepkg: [String] = []

    @Flag(help: "Index the packages that the old index lists, and those of --pkglist.")
    var recyclePkglist = false

    @Flag(
        name: [.long, .customShort("S")], help: "Pass over symbolic links to packages.")
    var skipSymlinks = false

    @Option(help: "Packages of one name, version and architecture: warn, keep-last or error.")
    var duplicates = "warn"

    @Option(
        parsing: .unconditionalSingleValue,
        help: "Leave out packages that no key of this file signed; may be repeated.",
        completion: .file())
    var requireSigned: [String] = []
}

struct LocationArguments: ParsableArguments {
    @Option(
        name: [.long, .customShort("o", allowingJoined: true)], parsing: .unconditional,
        help: "Write repodata here instead of in DIR.", completion: .directory)
    var outputdir: String?

    @Option(parsing: .unconditional, help: "What a relative DIR is below.", completion: .directory)
    var basedir: String?

    @Option(
        name: [.long, .customShort("u", allowingJoined: true)], parsing: .unconditional,
        help: "Say that the packages are below this URL.")
    var baseurl: String?

    @Option(parsing: .unconditional, help: "Put this in front of each package's path.")
    var locationPrefix: String?

    @Option(parsing: .unconditional, help: "Leave out so many directories of each path.")
    var cutDirs = 0
}

struct UpdateArguments: ParsableArguments {
    @Flag(help: "Read only packages whose size or time is not what the old index says.")
    var update = false

    @Option(
        parsing: .unconditionalSingleValue,
        help: "With --update: look at this repository's index too; may be repeated.",
        completion: .directory)
    var updateMdPath: [String] = []

    @Flag(help: "With --update: take a package of the same path for the same.")
    var skipStat = false

    @Flag(help: "Keep groups, updates and modules of the old index.")
    var keepAllMetadata = false

    @Flag(help: "With --update: drop groups, updates and modules of the old index.")
    var discardAdditionalMetadata = false

    @Option(
        name: [.long, .customShort("g", allowingJoined: true)], parsing: .unconditional,
        help: "Put in this file of groups (comps).", completion: .file())
    var groupfile: String?

    @Option(
        parsing: .unconditionalSingleValue,
        help: "Put in a metadata file, as TYPE=FILE, in place of what there is; may be repeated.")
    var addMetadata: [String] = []

    @Option(
        parsing: .unconditionalSingleValue,
        help: "Drop the metadata of this type; may be repeated.")
    var removeMetadata: [String] = []

    @Option(
        parsing: .unconditional,
        help: "0 removes what the old index named at once, more keeps all of it.")
    var retainOldMd: Int?

    @Option(
        parsing: .unconditional,
        help: "Keep old metadata files that are younger: seconds, or 5m, 2h, 30d.")
    var retainOldMdByAge: String?
}

struct FormatArguments: ParsableArguments {
    @Option(
        name: [.long, .customShort("s", allowingJoined: true)], parsing: .unconditional,
        help: "Checksums: sha224, sha256, sha384, sha512, or md5, sha, sha1, which protect nothing."
    )
    var checksum = "sha256"

    @Option(parsing: .unconditional, help: "Checksums of the metadata files.")
    var repomdChecksum: String?

    @Option(parsing: .unconditional, help: "How all is compressed: gz, zstd, xz, bz2 or none.")
    var generalCompressType: String?

    @Option(parsing: .unconditional, help: "How groups, updates and modules are compressed.")
    var compressType: String?

    @Flag(help: "The same as --compress-type xz.")
    var xz = false

    @Flag(help: "Names of metadata files begin with their checksum (the default).")
    var uniqueMdFilenames = false

    @Flag(help: "Names of metadata files are always the same.")
    var simpleMdFilenames = false

    @Flag(help: "Write filelists-ext too: the packages' files with their hashes.")
    var filelistsExt = false

    @Option(
        parsing: .unconditional,
        help: "Changelog entries of each package, the newest; -1 for all.")
    var changelogLimit = 10

    @Option(parsing: .unconditional, help: "The revision (default: the time).")
    var revision: String?

    @Flag(help: "Time stamps are the revision, a number of seconds since 1970.")
    var setTimestampToRevision = false

    @Option(parsing: .unconditionalSingleValue, help: "A tag of the content; may be repeated.")
    var content: [String] = []

    @Option(parsing: .unconditionalSingleValue, help: "A tag of the repository; may be repeated.")
    var repo: [String] = []

    @Option(
        parsing: .unconditionalSingleValue,
        help: "A tag of the distribution, as [CPEID,]TEXT; may be repeated.")
    var distro: [String] = []
}

struct RunArguments: ParsableArguments {
    @Option(parsing: .unconditional, help: "How many workers read packages.")
    var workers: Int?

    @Flag(help: "Do not compare payloads with the digests that packages state of them.")
    var skipPayloadCheck = false

    @Option(
        parsing: .unconditional,
        help: "Sign repomd.xml: a file with an armored secret key, or a key of your gpg home.",
        completion: .file())
    var sign: String?

    @Flag(name: [.long, .customShort("v")], help: "Say what is done.")
    var verbose = false

    @Flag(name: [.long, .customShort("q")], help: "Say only what is wrong.")
    var quiet = false

    @Flag(name: [.long, .customShort("V")], help: "Print the version.")
    var version = false
}
