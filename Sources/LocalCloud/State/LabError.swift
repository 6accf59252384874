/// A lab that is not in the state that a verb needs.
public struct LabError: Error, CustomStringConvertible, Equatable {
    public let description: String

    public init(_ description: String) {
        self.description = description
    }

    static func powerless(_ node: String) -> LabError {
        LabError("'\(node)' does not run; 'howdah local reboot \(node)' starts it")
    }
}
