/// What changing a repository came to, or would come to.
public struct PublishOutcome: Sendable, Codable {
    public struct Sent: Sendable, Codable, Hashable {
        public let path: String
        /// Bytes.
        public let size: Int64
    }

    public let store: String
    public let verb: String
    /// What readers see afterwards.
    public let revision: String
    /// How many packages that has.
    public let packages: Int
    /// NEVRAs that came into the index and that went from it.
    public let added: [String]
    public let removed: [String]
    /// In the order in which readers need them.
    public let sent: [Sent]
    /// How many objects were there already.
    public let unchanged: Int
    /// How often the change was made; more than one where others published meanwhile.
    public let attempts: Int
    public let isDryRun: Bool

    /// Whether readers see anything new.
    public var isChanged: Bool { sent.contains { $0.path == PublishPlan.repomdPath } }
}
