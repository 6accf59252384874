/// What `image.json` says of an image. A folder without that file holds no image.
public struct BuiltImage: Codable, Sendable, Equatable {
    /// Goes up with every change of what an image's folder holds.
    public static let formatVersion = 2
    public static let fileName = "image.json"

    public struct Layer: Codable, Sendable, Equatable {
        /// The recipe's name.
        public var recipe: String
        /// SHA-256 of all that it is made from.
        public var key: String
        /// Bytes in the files that it brings.
        public var bytes: UInt64
    }

    public var format = formatVersion
    /// The name of the top recipe.
    public var name: String
    public var architecture: String
    /// The lowest first.
    public var layers: [Layer]
    /// SHA-256 of what was checked: the recipes' `checks` and `absent`, and which rules of ours.
    public var rules: String
    /// Seconds since 1970; no time in the tree lies after it.
    public var epoch: Int
    /// SHA-256 of the file `manifest`.
    public var manifest: String
    public var files: Int
    /// Bytes in all files.
    public var bytes: UInt64
    /// Versions by package name.
    public var packages: [String: String]
}
