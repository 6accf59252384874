/// An image that cannot be built as its recipe says: what, where, found and expected, what to do.
public struct ImageError: Error, CustomStringConvertible, Equatable {
    public let description: String

    public init(_ description: String) {
        self.description = description
    }
}
