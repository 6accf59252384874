internal import Digests

/// Nonces that were given out and not used yet. In memory: a panel that restarts forgets them all,
/// which makes nodes ask again and can never make a nonce good twice.
actor NonceBook {
    static let maximumOutstanding = 20_000
    static let lifeSeconds = 300.0
    static let byteCount = 16

    private let time: PanelTime
    private var expiry: [String: Double] = [:]

    init(time: PanelTime) { self.time = time }

    func issue() throws(Refusal) -> String {
        let now = time.now()
        if expiry.count >= Self.maximumOutstanding { expiry = expiry.filter { $0.value > now } }
        guard expiry.count < Self.maximumOutstanding else { throw Refusal.busy("enrolments") }
        let nonce = Hex.encode(time.random(Self.byteCount))
        expiry[nonce] = now + Self.lifeSeconds
        return nonce
    }

    /// True once for each nonce, within its life.
    func spend(_ nonce: String) -> Bool {
        guard let end = expiry.removeValue(forKey: nonce) else { return false }
        return time.now() < end
    }
}
