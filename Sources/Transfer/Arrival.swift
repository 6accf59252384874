/// How a file that is fetched arrives.
public enum Arrival: Sendable, Hashable {
    /// It is on the disk before it has its name.
    case durable
    /// It is looked at again whenever it is used, so that a power cut may take it; and what an
    /// earlier process left of it is continued, where the digest then says that it is right.
    case cached
}
