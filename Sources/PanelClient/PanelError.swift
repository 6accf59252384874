public import PanelAPI

/// Why a call to the panel did not give what it was made for. No token is ever part of it.
public enum PanelError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The panel answered no.
    case refused(call: String, status: Int, refusal: APIError)
    /// Nobody answered at the panel's address.
    case unreachable(call: String, cause: String)
    /// What answered is not the panel whose key is pinned.
    case wrongKey(call: String)
    /// What answered does not speak the panel's language.
    case misunderstood(call: String, status: Int, cause: String)
    /// The call needs a node's identity, and the client was made without one.
    case noIdentity(call: String)

    public var description: String {
        switch self {
        case .refused(let call, let status, let refusal):
            "panel refused '\(call)' with \(status) \(refusal.error): \(refusal.message)"
        case .unreachable(let call, let cause):
            "panel is unreachable at '\(call)': \(cause); "
                + "check 'panel' in the cluster file and that howdah-panel runs there"
        case .wrongKey(let call):
            "what answers '\(call)' shows another key than the panel's that is pinned: another "
                + "server, or a new key; compare with 'howdah-panel check' before you change it"
        case .misunderstood(let call, let status, let cause):
            "no panel answered '\(call)': status \(status), \(cause); "
                + "check that 'panel' in the cluster file is a howdah-panel"
        case .noIdentity(let call):
            "'\(call)' needs a node's identity, and none was given to the client"
        }
    }
}
