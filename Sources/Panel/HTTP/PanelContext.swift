internal import Hummingbird
internal import NIOCore
internal import Synchronization

/// What is known of a call: after `NodeAuthenticator`, which node makes it; after
/// `PersonAuthenticator`, which person.
struct PanelContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    var caller: NodeRecord?
    var visitor: Person?
    /// The address that the call comes from.
    let address: String
    let identity = CallIdentity()

    init(source: Source) {
        coreContext = .init(source: source)
        address = source.channel.remoteAddress?.ipAddress ?? "unknown"
    }

    /// The node that makes the call; routes that need one are behind `NodeAuthenticator`.
    func node() throws -> NodeRecord {
        guard let caller else {
            throw Refusal.unauthorized("token-missing", "this call needs a node's token")
        }
        return caller
    }
}

/// Who makes a call, for those outside of the middleware that finds it out.
final class CallIdentity: Sendable {
    private let known = Mutex<String?>(nil)

    var name: String? {
        get { known.withLock { $0 } }
        set { known.withLock { $0 = newValue } }
    }
}
