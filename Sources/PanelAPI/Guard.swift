/// A reason that can keep the panel from doing something, in a decision or in a plan.
public struct Guard: Codable, Sendable, Equatable {
    public var name: String
    /// False where it stands in the way.
    public var isOpen: Bool
    public var words: String

    public init(name: String, isOpen: Bool, words: String) {
        self.name = name
        self.isOpen = isOpen
        self.words = words
    }
}
