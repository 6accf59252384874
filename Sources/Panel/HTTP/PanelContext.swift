internal import Hummingbird

/// What is known of a call: after `NodeAuthenticator`, which node makes it.
struct PanelContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    var caller: NodeRecord?

    init(source: Source) {
        coreContext = .init(source: source)
    }

    /// The node that makes the call; routes that need one are behind `NodeAuthenticator`.
    func node() throws -> NodeRecord {
        guard let caller else {
            throw Refusal.unauthorized("token-missing", "this call needs a node's token")
        }
        return caller
    }
}
