/// Compressed formats of which several pieces one after another are one content: gzip's members
/// (RFC 1952, section 2.2) and zstd's frames (RFC 8878, section 3).
public enum MemberFormat: Sendable, Hashable, CaseIterable {
    case gzip, zstd
}

/// Why a member could not be read.
public enum MemberError: Error, Sendable, Hashable {
    /// It is no member, or it is damaged or cut off.
    case damaged(offset: Int)
    case tooLong(offset: Int, limit: Int)
}

extension MemberError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .damaged(let offset): "it is damaged in the member at byte \(offset)"
        case .tooLong(let offset, let limit):
            "its member at byte \(offset) unpacks to more than \(limit) bytes"
        }
    }
}
