internal import Digests
internal import FoundationEssentials

/// The lab's own keys. They are made anew with every `up`, mean nothing anywhere else, and are kept
/// in a file of mode 0600, since SeaweedFS takes its keys from a file.
struct LabSecrets: Codable, Sendable, Equatable {
    struct Key: Codable, Sendable, Equatable {
        var id: String
        var secret: String
    }

    /// SeaweedFS: everything.
    var storageAdmin: Key
    /// SeaweedFS: nothing but AssumeRole, of the metadata services.
    var storageMetadata: Key
    /// SeaweedFS signs session tokens with it; base64.
    var storageSigning: String
    /// EC2: the operator's, the panel's, and the hypervisor's that may only look.
    var operatorKey: Key
    var panelKey: Key
    var hypervisorKey: Key
    /// The operator's bearer token at the panel.
    var panelToken: String

    /// Keys of EC2 come from EC2's own IAM and are filled in once it runs.
    static func fresh(random: (Int) -> [UInt8]) -> LabSecrets {
        func key(_ prefix: String) -> Key {
            Key(id: prefix + Hex.encode(random(8)).uppercased(), secret: Hex.encode(random(20)))
        }
        let pending = Key(id: "", secret: "")
        return LabSecrets(
            storageAdmin: key("AKAD"), storageMetadata: key("AKMD"),
            storageSigning: Data(random(32)).base64EncodedString(), operatorKey: pending,
            panelKey: pending,
            hypervisorKey: pending, panelToken: Hex.encode(random(24)))
    }
}
