public import Digests

/// One file, folder, link or device of a tree.
public struct ManifestEntry: Sendable, Equatable {
    public enum Kind: Sendable, Equatable {
        case file(size: UInt64, digest: Digest)
        case directory
        case link(target: String)
        case character(major: UInt32, minor: UInt32)
        case block(major: UInt32, minor: UInt32)
        case pipe
        /// Only in a layer: what lies below at this path is gone (overlayfs's whiteout).
        case whiteout
        /// Only in a layer: a folder that hides all that lies below at this path.
        case opaqueDirectory
    }

    /// Without a leading slash, as ``TreePath`` writes it.
    public var path: String
    public var kind: Kind
    /// Permission bits.
    public var mode: UInt32
    public var user: UInt32
    public var group: UInt32
    /// Of extended attributes, names and values; nil where there are none.
    public var attributes: Digest?

    public init(
        path: String, kind: Kind, mode: UInt32, user: UInt32 = 0, group: UInt32 = 0,
        attributes: Digest? = nil
    ) {
        self.path = path
        self.kind = kind
        self.mode = mode
        self.user = user
        self.group = group
        self.attributes = attributes
    }

    public var isDirectory: Bool { kind == .directory || kind == .opaqueDirectory }
}

/// Paths in printable ASCII: every other byte, blanks and backslashes as `\ooo` (as fstab(5) does).
/// So names in any encoding sort and compare by their bytes.
public enum TreePath {
    public static func escape(_ bytes: some Sequence<UInt8>) -> String {
        var text: [UInt8] = []
        for byte in bytes {
            if byte > 0x20 && byte < 0x7f && byte != UInt8(ascii: "\\") {
                text.append(byte)
            } else {
                let octal = String(byte, radix: 8)
                text += Array("\\\(String(repeating: "0", count: 3 - octal.count))\(octal)".utf8)
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// The bytes that `escape` was given; nil for text that it did not make.
    public static func unescape(_ text: String) -> [UInt8]? {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "\\") else {
                bytes.append(byte)
                continue
            }
            let octal = String(decoding: rest.prefix(3), as: UTF8.self)
            guard octal.utf8.count == 3, let value = UInt8(octal, radix: 8) else { return nil }
            bytes.append(value)
            rest = rest.dropFirst(3)
        }
        return bytes
    }
}

/// All entries of a tree or layer, by path.
///
/// As text it is one line an entry, sorted by path: path, type (`f d l c b p`, in a layer also `w`
/// and `o`), mode in octal, user, group, size, and the SHA-256 of a file, the target of a link or
/// the numbers of a device; then the SHA-256 of extended attributes where there are some.
public struct Manifest: Sendable, Equatable {
    /// Sorted by path, which is unique.
    public private(set) var entries: [ManifestEntry]

    public init(_ entries: [ManifestEntry]) {
        self.entries = entries.sorted { $0.path < $1.path }
    }

    public subscript(path: String) -> ManifestEntry? {
        var (low, high) = (0, entries.count)
        while low < high {
            let middle = (low + high) / 2
            if entries[middle].path < path { low = middle + 1 } else { high = middle }
        }
        return low < entries.count && entries[low].path == path ? entries[low] : nil
    }

    /// Bytes in files.
    public var size: UInt64 {
        entries.reduce(0) { sum, entry in
            if case .file(let size, _) = entry.kind { sum + size } else { sum }
        }
    }

    public var text: String {
        var text = ""
        for entry in entries { text += entry.line + "\n" }
        return text
    }

    /// Nil if a line is none of ours.
    public init?(text: String) {
        var entries: [ManifestEntry] = []
        for line in text.split(separator: "\n") {
            guard let entry = ManifestEntry(line: line) else { return nil }
            entries.append(entry)
        }
        self.init(entries)
    }
}

extension ManifestEntry {
    var line: String {
        let (type, size, value): (String, UInt64, String) =
            switch kind {
            case .file(let size, let digest): ("f", size, digest.hex)
            case .directory: ("d", 0, "-")
            case .link(let target): ("l", UInt64(target.utf8.count), target)
            case .character(let major, let minor): ("c", 0, "\(major):\(minor)")
            case .block(let major, let minor): ("b", 0, "\(major):\(minor)")
            case .pipe: ("p", 0, "-")
            case .whiteout: ("w", 0, "-")
            case .opaqueDirectory: ("o", 0, "-")
            }
        let octal = String(mode, radix: 8)
        let padded = String(repeating: "0", count: max(0, 4 - octal.count)) + octal
        let line = "\(path) \(type) \(padded) \(user) \(group) \(size) \(value)"
        return attributes.map { line + " " + $0.hex } ?? line
    }

    init?(line: Substring) {
        let fields = line.split(separator: " ").map(String.init)
        guard fields.count == 7 || fields.count == 8, let mode = UInt32(fields[2], radix: 8),
            let user = UInt32(fields[3]), let group = UInt32(fields[4]),
            let size = UInt64(fields[5]),
            let kind = Self.kind(fields[1], size: size, value: fields[6])
        else { return nil }
        var attributes: Digest?
        if fields.count == 8 {
            guard let digest = Digest(.sha256, hex: fields[7]) else { return nil }
            attributes = digest
        }
        self.init(
            path: fields[0], kind: kind, mode: mode, user: user, group: group,
            attributes: attributes)
    }

    private static func kind(_ type: String, size: UInt64, value: String) -> Kind? {
        let numbers = value.split(separator: ":").compactMap { UInt32($0) }
        switch type {
        case "f": return Digest(.sha256, hex: value).map { .file(size: size, digest: $0) }
        case "d": return .directory
        case "l": return .link(target: value)
        case "c", "b":
            guard numbers.count == 2 else { return nil }
            return type == "c"
                ? .character(major: numbers[0], minor: numbers[1])
                : .block(major: numbers[0], minor: numbers[1])
        case "p": return .pipe
        case "w": return .whiteout
        case "o": return .opaqueDirectory
        default: return nil
        }
    }
}
