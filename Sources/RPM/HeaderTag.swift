/// Tags of a package's header by the numbers that the file format gives them (rpm's rpmtag.h).
public enum HeaderTag: Int32, Sendable {
    case name = 1000
    case version = 1001
    case release = 1002
    case epoch = 1003
    case summary = 1004
    case description = 1005
    case buildTime = 1006
    case buildHost = 1007
    case size = 1009
    case vendor = 1011
    case license = 1014
    case packager = 1015
    case group = 1016
    case url = 1020
    case arch = 1022
    case fileModes = 1030
    case fileDigests = 1035
    case fileFlags = 1037
    case sourceRPM = 1044
    case archiveSize = 1046
    case provideName = 1047
    case requireFlags = 1048
    case requireName = 1049
    case requireVersion = 1050
    case conflictFlags = 1053
    case conflictName = 1054
    case conflictVersion = 1055
    case changelogTime = 1080
    case changelogName = 1081
    case changelogText = 1082
    case obsoleteName = 1090
    case sourcePackage = 1106
    case provideFlags = 1112
    case provideVersion = 1113
    case obsoleteFlags = 1114
    case obsoleteVersion = 1115
    case directoryIndexes = 1116
    case baseNames = 1117
    case directoryNames = 1118
    case longSize = 5009
    case fileDigestAlgorithm = 5011
    case recommendName = 5046
    case recommendVersion = 5047
    case recommendFlags = 5048
    case suggestName = 5049
    case suggestVersion = 5050
    case suggestFlags = 5051
    case supplementName = 5052
    case supplementVersion = 5053
    case supplementFlags = 5054
    case enhanceName = 5055
    case enhanceVersion = 5056
    case enhanceFlags = 5057
    case payloadDigest = 5092
    case payloadDigestAlgorithm = 5093
}

/// Tags of the signature header, whose numbers partly mean something else in the main one.
enum SignatureTag: Int32 {
    case sha1Header = 269
    case longSize = 270
    case longArchiveSize = 271
    case sha256Header = 273
    case size = 1000
    case md5 = 1004
    case payloadSize = 1007
}

extension HeaderTag {
    /// Tags that are read have numbers in three ranges: 257 to 273 (the signature header's), 1000
    /// to 1118, 5009 to 5093.
    static let tableSize = 17 + 119 + 85

    /// A tag's place in a table of them; nil if it is none that is read.
    static func place(_ tag: Int32) -> Int? {
        switch tag {
        case 1000...1118: Int(tag) - 1000 + 17
        case 5009...5093: Int(tag) - 5009 + 17 + 119
        case 257...273: Int(tag) - 257
        default: nil
        }
    }
}
