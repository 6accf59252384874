/// The trees that a lab's instances boot from, by role: absolute paths, used by everybody and
/// changed by nobody.
public struct LabImages: Codable, Sendable, Equatable {
    public var master: String
    public var slave: String

    public init(master: String, slave: String) {
        self.master = master
        self.slave = slave
    }

    /// EC2's names for them.
    static let masterID = "ami-0000000a"
    static let slaveID = "ami-0000000b"
    /// That of an instance without an image.
    static let noneID = "ami-00000000"

    static func id(role: String) -> String { role == "master" ? masterID : slaveID }

    func tree(_ id: String) -> String? { [Self.masterID: master, Self.slaveID: slave][id] }
}
