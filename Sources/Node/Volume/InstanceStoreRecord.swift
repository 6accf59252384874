/// What this instance made on one of its own disks, kept on the root disk. The disk is another one,
/// or blank again, after each stop; the root disk is not.
struct InstanceStoreRecord: Codable, Sendable, Equatable {
    /// The disk's serial number, or its name where it has none.
    var disk: String
    /// When the instance was started, as its identity document has it; it changes with each stop
    /// and start and not with a reboot. Nil on a cloud that does not say.
    var started: String?
    var type: String
    var uuid: String
    /// False while mkfs is at work.
    var isMade: Bool

    /// Whether the disk was made by us since the instance was started: blank, it has lost what it
    /// held; and otherwise it holds what we made.
    func isOf(disk: String, started: String?) -> Bool {
        guard self.disk == disk else { return false }
        if let here = self.started, let now = started { return here == now }
        return true
    }
}
