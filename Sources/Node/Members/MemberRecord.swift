/// What is known of the lists of members on one instance.
struct MemberRecord: Codable, Sendable, Equatable {
    /// Paths of those that this instance has written: what stands in others came with the image.
    var lists: [String] = []
    /// What the daemons of the boot were told of last: the digest of the lists.
    var bootID: String?
    var told: String?
}
