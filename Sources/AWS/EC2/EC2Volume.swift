public import FoundationEssentials

/// An EBS volume, as DescribeVolumes has it.
public struct EC2Volume: Sendable, Equatable {
    public enum State: String, Sendable {
        case creating, available, deleting, deleted, error
        case inUse = "in-use"
    }

    public struct Attachment: Sendable, Equatable {
        public enum State: String, Sendable {
            case attaching, attached, detaching, detached, busy
        }

        public var instanceID: String
        /// Such as `/dev/sdf`; what the instance calls it may be another name.
        public var device: String
        public var state: State

        public init(instanceID: String, device: String, state: State) {
            self.instanceID = instanceID
            self.device = device
            self.state = state
        }
    }

    public var id: String
    public var state: State
    public var sizeGiB: Int
    /// Such as `gp3`.
    public var type: String
    public var availabilityZone: String
    /// Nil for a volume that was made from nothing.
    public var snapshotID: String?
    public var attachments: [Attachment]
    public var tags: [String: String]
    public var created: Date?

    /// Nil where something is missing or a state is none that EC2 has.
    init?(_ element: XMLElement) {
        guard let id = element.value("volumeId"),
            let state = element.value("status").flatMap(State.init),
            let size = element.value("size").flatMap({ Int($0) })
        else { return nil }
        self.id = id
        self.state = state
        sizeGiB = size
        type = element.value("volumeType") ?? "standard"
        availabilityZone = element.value("availabilityZone") ?? ""
        snapshotID = element.value("snapshotId")
        attachments = element.items("attachmentSet").compactMap(Attachment.init)
        tags = element.tags
        created = element.value("createTime").flatMap(AWSDate.parse)
    }
}

extension EC2Volume.Attachment {
    init?(_ element: XMLElement) {
        guard let instance = element.value("instanceId"),
            let state = element.value("status").flatMap(State.init)
        else { return nil }
        self.init(instanceID: instance, device: element.value("device") ?? "", state: state)
    }
}
