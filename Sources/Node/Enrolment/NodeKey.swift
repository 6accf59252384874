internal import Digests
internal import Host

/// The key by which a node enrols where there is no STS. The node makes it before its first
/// enrolment and keeps it, for root alone: by it the panel knows the node again after a reboot,
/// when its one-time token is long used up.
struct NodeKey: Sendable {
    let files: Files
    let instanceID: String
    /// This many bytes that nobody can guess.
    let random: @Sendable (Int) -> [UInt8]

    /// Another instance has another one: that of an image that a machine with one became is none.
    var path: String { "\(StateStore.directory)/\(instanceID)/node.key" }

    /// The key that is there; else a new one, on the disk before it is used.
    func load() throws -> SigningKey {
        if let text = try files.textIfPresent(path) { return try key(text) }
        let folder = "\(StateStore.directory)/\(instanceID)"
        try files.makeDirectory(folder, mode: 0o755)
        try files.write(
            Hex.encode(random(SigningKey.keyBytes)) + "\n", to: path, mode: 0o600)
        return try key(try files.text(path))
    }

    private func key(_ text: String) throws -> SigningKey {
        guard let seed = Hex.decode(text.filter { !$0.isWhitespace }),
            let key = SigningKey(seed: seed)
        else { throw NodeKeyError(path: path) }
        return key
    }
}

/// The file of the node's key is not what we write.
struct NodeKeyError: Error, CustomStringConvertible {
    let path: String

    var description: String {
        "'\(path)' holds no key: remove it, make a token with 'howdah cluster token create' "
            + "and put it into the user-data"
    }
}
