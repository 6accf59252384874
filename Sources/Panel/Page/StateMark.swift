internal import PanelAPI

/// A state by shape as well as by colour, and in words.
enum StateMark {
    static func render(_ state: NodeView.State) -> HTML {
        """
        <span class="state \(state.rawValue)"><span class="mark" aria-hidden="true">\
        \(shape(state))</span> \(state.rawValue)</span>
        """
    }

    static func shape(_ state: NodeView.State) -> String {
        switch state {
        case .up: "●"
        case .stale: "◔"
        case .booting: "◐"
        case .draining: "▽"
        case .decommissioned: "◇"
        case .failed: "▲"
        case .down: "■"
        case .gone: "○"
        }
    }
}
