internal import PanelAPI

extension DrainView.State {
    /// Whether the lists of the excluded have a node whose latest drain is in this state; nil where
    /// that is left to who keeps them by hand.
    var isExcluding: Bool? {
        switch self {
        case .checking, .refused: nil
        case .excluding, .decommissioning, .settling, .terminating, .cleaning, .done: true
        case .cancelling, .cancelled: false
        }
    }

    /// What it makes of a node that is up; nil where nothing.
    var life: NodeView.State? {
        switch self {
        case .excluding, .decommissioning: .draining
        case .settling, .terminating, .cleaning, .done: .decommissioned
        case .checking, .refused, .cancelling, .cancelled: nil
        }
    }
}
