/// What EC2 says, as far as a hypervisor needs it.
struct CloudView: Sendable, Equatable {
    struct Instance: Sendable, Equatable {
        enum State: String, Sendable {
            case pending, running, stopping, stopped, terminated
            case shuttingDown = "shutting-down"
        }

        var id: String
        var state: State
        /// Dotted IPv4.
        var address: String
        /// The tag `Name`, else the private DNS name that EC2 gives it: its host name.
        var name: String
        /// Such as `ami-00000000`.
        var image = ""
        /// Such as `m5.large`.
        var type = ""
        /// The tag `howdah:form` is `machine`: it gets its network, metadata and volumes here, and
        /// somebody else switches it on, such as qemu in `scripts/check`.
        var isMachine = false
    }

    struct Attachment: Sendable, Equatable {
        var instance: String
        /// As EC2 was asked for it, such as `/dev/sdf`.
        var device: String
        var isDetaching: Bool
    }

    struct Volume: Sendable, Equatable {
        var id: String
        var sizeGiB: Int
        var attachments: [Attachment]
    }

    var instances: [Instance]
    var volumes: [Volume]

    /// The root devices that EC2 lists with an instance; ours have none, their root is a folder.
    static let rootDevices: Set<String> = ["/dev/sda1", "/dev/xvda"]
}

/// Where a hypervisor learns what is wanted.
protocol CloudSource: Sendable {
    func view() async throws -> CloudView
    /// Says that an instance was switched off from inside.
    func stop(_ instance: String) async throws
}
