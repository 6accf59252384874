public import PanelAPI

/// What the agent keeps for `howdah-node status`, and for itself if it is started again.
public struct AgentState: Codable, Sendable, Equatable {
    /// Of another boot it says nothing.
    var bootID: String
    public var notices: [CloudNotice] = []
    /// The master that this node is about to follow: begun, and not done.
    var following: MasterRecord?

    init(bootID: String) {
        self.bootID = bootID
    }
}
