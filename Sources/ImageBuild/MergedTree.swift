/// What an overlay of layers shows: each path with the layer that it comes from.
public struct MergedTree: Sendable {
    public struct Item: Sendable {
        public var entry: ManifestEntry
        /// Index of the layer, the lowest being 0.
        public var layer: Int
    }

    /// Sorted by path: a folder comes before what is in it.
    public let items: [Item]

    /// Lays each layer over those before it, by the rules of overlayfs: a whiteout or anything but
    /// a folder hides what was there with all below it, an opaque folder what was in it, a plain
    /// folder only the folder's own attributes.
    public init(layers: [Manifest]) {
        var merged: [Item] = []
        for (index, layer) in layers.enumerated() {
            merged = Self.lay(layer, index, over: merged)
        }
        items = merged
    }

    public var manifest: Manifest { Manifest(items.map(\.entry)) }

    /// Nil if there is no such path. It takes no links apart.
    public subscript(path: String) -> Item? {
        var (low, high) = (0, items.count)
        while low < high {
            let middle = (low + high) / 2
            if items[middle].entry.path < path { low = middle + 1 } else { high = middle }
        }
        return low < items.count && items[low].entry.path == path ? items[low] : nil
    }

    private static func lay(_ layer: Manifest, _ index: Int, over below: [Item]) -> [Item] {
        let hiding = layer.entries.filter { $0.kind != .directory }.map(\.path)
        var own: [String: ManifestEntry] = [:]
        for entry in layer.entries { own[entry.path] = entry }
        let hidden = Set(hiding)
        var result = below.filter { item in
            own[item.entry.path] == nil && !isBelow(hidden, item.entry.path)
        }
        for var entry in layer.entries where entry.kind != .whiteout {
            if entry.kind == .opaqueDirectory { entry.kind = .directory }
            result.append(Item(entry: entry, layer: index))
        }
        return result.sorted { $0.entry.path < $1.entry.path }
    }

    private static func isBelow(_ folders: Set<String>, _ path: String) -> Bool {
        if folders.isEmpty { return false }
        var rest = path[...]
        while let slash = rest.utf8.lastIndex(of: UInt8(ascii: "/")) {
            rest = rest[..<slash]
            if folders.contains(String(rest)) { return true }
        }
        return false
    }
}
