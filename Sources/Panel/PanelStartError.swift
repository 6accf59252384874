/// Why the panel does not start.
public enum PanelStartError: Error, Sendable, Equatable, CustomStringConvertible {
    case database(path: String, cause: String)
    case configuration(path: String, cause: String)

    public var description: String {
        switch self {
        case .database(let path, let cause):
            "cannot open the panel's database '\(path)': \(cause); "
                + "its folder must exist and be writable"
        case .configuration(let path, let cause):
            "cannot use the panel's configuration '\(path)': \(cause)"
        }
    }
}
