/// One value for each of the three metadata files.
public struct PerFile<Value> {
    public var primary: Value
    public var filelists: Value
    public var other: Value

    public init(primary: Value, filelists: Value, other: Value) {
        self.primary = primary
        self.filelists = filelists
        self.other = other
    }

    public init<Failure>(_ make: (MetadataFile) throws(Failure) -> Value) throws(Failure) {
        primary = try make(.primary)
        filelists = try make(.filelists)
        other = try make(.other)
    }

    public subscript(file: MetadataFile) -> Value {
        get {
            switch file {
            case .primary: primary
            case .filelists: filelists
            case .other: other
            }
        }
        _modify {
            switch file {
            case .primary: yield &primary
            case .filelists: yield &filelists
            case .other: yield &other
            }
        }
    }
}

extension PerFile: Sendable where Value: Sendable {}
