/// What the cloud has in mind for an instance, as its metadata service says it.
public struct CloudNotice: Codable, Sendable, Equatable, Hashable {
    /// `spot`, `rebalance`, `life-cycle` or `maintenance`; newer nodes may know more.
    public var kind: String
    /// Such as `terminate`, `Terminated`, `system-reboot`; empty where the kind says all.
    public var action: String
    /// When, as the cloud writes it; nil where it does not say.
    public var time: String?
    /// The cloud's own id of the event.
    public var id: String?
    /// The cloud's words.
    public var detail: String?

    public init(
        kind: String, action: String, time: String? = nil, id: String? = nil, detail: String? = nil
    ) {
        self.kind = kind
        self.action = action
        self.time = time
        self.id = id
        self.detail = detail
    }
}

extension CloudNotice: CustomStringConvertible {
    /// One line.
    public var description: String {
        var text = "\(kind) notice"
        if !action.isEmpty { text += ": \(action)" }
        if let time { text += " at \(time)" }
        if let id { text += " (\(id))" }
        return text + (detail.map { ": \($0)" } ?? "")
    }
}
