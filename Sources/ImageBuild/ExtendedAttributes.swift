internal import CLinux
internal import Digests
internal import Glibc
internal import Host

/// Extended attributes of files (xattr(7)): capabilities and access lists among them.
enum ExtendedAttributes {
    struct Attribute: Sendable, Equatable {
        var name: String
        var value: [UInt8]

        var isOpaqueMark: Bool { name == "trusted.overlay.opaque" && value == Array("y".utf8) }
    }

    static let maximumBytes = 65536

    /// Of the path itself, not of what a link points at; by name.
    static func list(_ path: String) throws(FileError) -> [Attribute] {
        var names = [CChar](repeating: 0, count: maximumBytes)
        let length = llistxattr(path, nil, 0)
        // A file system without them has none.
        if length == 0 || (length < 0 && errno == ENOTSUP) { return [] }
        let count = llistxattr(path, &names, names.count)
        guard length > 0, count >= 0 else {
            throw FileError("list attributes of", path, code: errno)
        }
        var attributes: [Attribute] = []
        for name in names[..<count].split(separator: 0) {
            let name = String(decoding: name.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            var value = [UInt8](repeating: 0, count: maximumBytes)
            let size = lgetxattr(path, name, &value, value.count)
            guard size >= 0 else { throw FileError("read '\(name)' of", path, code: errno) }
            attributes.append(Attribute(name: name, value: Array(value[..<size])))
        }
        return attributes.sorted { $0.name < $1.name }
    }

    /// Those that belong to the file, not to the overlay it was made in.
    static func kept(_ attributes: [Attribute]) -> [Attribute] {
        attributes.filter { !$0.name.hasPrefix("trusted.overlay.") }
    }

    /// Nil where nothing is kept.
    static func digest(_ attributes: [Attribute]) -> Digest? {
        let kept = kept(attributes)
        if kept.isEmpty { return nil }
        var text: [UInt8] = []
        for attribute in kept {
            text += Array("\(attribute.name)=\(Hex.encode(attribute.value))\n".utf8)
        }
        return Digest.of(text)
    }

    static func copy(from path: String, to other: String) throws(FileError) {
        for attribute in kept(try list(path)) { try set(attribute, of: other) }
    }

    static func set(_ attribute: Attribute, of path: String) throws(FileError) {
        let (name, value) = (attribute.name, attribute.value)
        guard lsetxattr(path, name, value, value.count, 0) == 0 else {
            throw FileError("set '\(name)' of", path, code: errno)
        }
    }
}
