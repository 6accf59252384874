/// What was found of a published repository.
public struct VerifyReport: Sendable, Codable {
    /// Something that a reader would stumble over.
    public struct Problem: Sendable, Codable, Hashable {
        /// Below the repository's root.
        public let path: String
        public let reason: String
    }

    /// An object that no state names.
    public struct Unreferenced: Sendable, Codable, Hashable {
        public let path: String
        /// Bytes.
        public let size: Int64
    }

    public let store: String
    public let revision: String
    public let packages: Int
    public let isSigned: Bool
    /// Whether the signature was checked against keys.
    public let isSignatureChecked: Bool
    /// Whether packages were read, and not only looked for.
    public let isDeep: Bool
    public let problems: [Problem]
    /// Nil where the place cannot be listed, or the metadata is damaged. This is no problem: `gc`
    /// removes it in time.
    public let unreferenced: [Unreferenced]?
}
