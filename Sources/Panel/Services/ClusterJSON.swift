internal import FoundationEssentials
internal import NIOCore
internal import PanelAPI

/// A `ClusterView` as JSON, where the view is an outline and the rest is JSON already: ten thousand
/// nodes would have to be decoded only to be encoded again.
enum ClusterJSON {
    /// Of most nodes; what is longer takes more room when it comes.
    private static let nodeBytes = 1_200

    /// `boots` and `news` by instance: a `BootReport` and a `NodeNews`. They take the place of what
    /// the view has of them.
    static func bytes(
        _ view: ClusterView, boots: [String: Data], news: [String: Data]
    ) throws -> ByteBuffer {
        var text = JSONText(capacity: view.nodes.count * nodeBytes)
        text.open("{")
        text.add("cluster", view.cluster)
        text.add("verdict", view.verdict)
        text.key("nodes")
        text.open("[")
        for node in view.nodes {
            text.next()
            try add(node, boots[node.instanceID], news[node.instanceID], to: &text)
        }
        text.close("]")
        if let master = view.master {
            text.key("master")
            text.raw(try JSONEncoder().encode(master))
        }
        text.close("}")
        return text.buffer
    }

    private static func add(
        _ node: NodeView, _ boot: Data?, _ news: Data?, to text: inout JSONText
    ) throws {
        text.open("{")
        text.add("name", node.name)
        text.add("instanceID", node.instanceID)
        text.add("role", node.role)
        text.add("state", node.state.rawValue)
        text.add("address", node.address)
        text.add("silentSeconds", node.silentSeconds)
        text.add("load1", node.load1)
        text.add("loadIsHostWide", node.loadIsHostWide)
        text.key("volumes")
        text.open("[")
        for volume in node.volumes {
            text.next()
            try add(volume, to: &text)
        }
        text.close("]")
        if let boot {
            text.key("lastBoot")
            text.raw(boot)
        } else if let boot = node.lastBoot {
            text.key("lastBoot")
            try add(boot, to: &text)
        }
        if let news {
            text.key("latest")
            text.raw(news)
        } else if let news = node.latest {
            text.key("latest")
            text.raw(try JSONEncoder().encode(news))
        }
        text.close("}")
    }
}

extension ClusterJSON {
    private static func add(_ volume: VolumeClaim, to text: inout JSONText) throws {
        text.open("{")
        text.add("id", volume.id)
        text.add("mount", volume.mount)
        text.add("state", volume.state.rawValue)
        text.add("volumeID", volume.volumeID)
        text.add("device", volume.device)
        text.add("generation", volume.generation)
        text.add("firstUse", volume.firstUse)
        text.add("filesystemUUID", volume.filesystemUUID)
        if let format = volume.format {
            text.key("format")
            text.raw(try JSONEncoder().encode(format))
        }
        text.add("error", volume.error)
        text.close("}")
    }

    private static func add(_ boot: BootReport, to text: inout JSONText) throws {
        text.open("{")
        text.add("bootID", boot.bootID)
        text.add("instanceID", boot.instanceID)
        text.add("outcome", boot.outcome.rawValue)
        text.add("seconds", boot.seconds)
        text.key("steps")
        text.raw(try boot.steps.isEmpty ? Data("[]".utf8) : JSONEncoder().encode(boot.steps))
        text.close("}")
    }
}

/// Writes JSON piece by piece (RFC 8259). The caller opens, names and closes in the right order.
struct JSONText {
    private var bytes: [UInt8] = []
    /// Whether the innermost list or object has something already.
    private var hasMore = false

    /// With room for so many bytes.
    init(capacity: Int) { bytes.reserveCapacity(capacity) }

    var buffer: ByteBuffer { ByteBuffer(bytes: bytes) }

    mutating func open(_ bracket: StaticString) {
        raw(bracket)
        hasMore = false
    }

    mutating func close(_ bracket: StaticString) {
        raw(bracket)
        hasMore = true
    }

    /// Before each entry of a list.
    mutating func next() {
        if hasMore { bytes.append(UInt8(ascii: ",")) }
        hasMore = true
    }

    mutating func key(_ key: StaticString) {
        next()
        bytes.append(UInt8(ascii: "\""))
        raw(key)
        raw("\":")
    }

    /// Leaves nil out, as the others do.
    mutating func add(_ key: StaticString, _ text: String?) {
        guard let text else { return }
        self.key(key)
        string(text)
    }

    mutating func add(_ key: StaticString, _ isTrue: Bool) {
        self.key(key)
        raw(isTrue ? "true" : "false")
    }

    mutating func add(_ key: StaticString, _ number: Int) {
        self.key(key)
        bytes.append(contentsOf: number.description.utf8)
    }

    /// Leaves out what no number of JSON is, too.
    mutating func add(_ key: StaticString, _ number: Double?) {
        guard let number, number.isFinite else { return }
        self.key(key)
        bytes.append(contentsOf: number.description.utf8)
    }

    /// What is JSON already.
    mutating func raw(_ json: Data) { json.withUnsafeBytes { bytes.append(contentsOf: $0) } }

    mutating func raw(_ json: StaticString) {
        json.withUTF8Buffer { bytes.append(contentsOf: $0) }
    }

    private mutating func string(_ text: String) {
        var text = text
        bytes.append(UInt8(ascii: "\""))
        text.withUTF8 { utf8 in
            if utf8.contains(where: Self.isEscaped) {
                for byte in utf8 { escaped(byte) }
            } else {
                bytes.append(contentsOf: utf8)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    private static func isEscaped(_ byte: UInt8) -> Bool {
        byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
    }

    private mutating func escaped(_ byte: UInt8) {
        guard Self.isEscaped(byte) else { return bytes.append(byte) }
        bytes.append(UInt8(ascii: "\\"))
        if byte >= 0x20 { return bytes.append(byte) }
        let digits = String(byte, radix: 16)
        bytes += Array("u\(String(repeating: "0", count: 4 - digits.count))\(digits)".utf8)
    }
}
