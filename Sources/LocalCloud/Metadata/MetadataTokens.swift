internal import FoundationEssentials

/// The session tokens of one metadata service (IMDSv2). Only their ends are kept, each with its
/// token, in memory.
struct MetadataTokens: Sendable {
    static let lifetimes = 1...21600
    /// More than a machine's programs ask for within the longest lifetime; the oldest end first.
    static let maximumCount = 10_000

    private var ends: [String: Double] = [:]
    private let random: @Sendable () -> [UInt8]

    init(random: @escaping @Sendable () -> [UInt8]) {
        self.random = random
    }

    /// `now` is monotonic seconds, here and below.
    mutating func issue(lifetime: Int, now: Double) -> String {
        if ends.count >= Self.maximumCount { ends = ends.filter { $0.value > now } }
        if ends.count >= Self.maximumCount, let oldest = ends.min(by: { $0.value < $1.value }) {
            ends[oldest.key] = nil
        }
        let token = Base64URL.encode(random())
        ends[token] = now + Double(lifetime)
        return token
    }

    func isValid(_ token: String, now: Double) -> Bool {
        guard let end = ends[token] else { return false }
        return now < end
    }
}

enum Base64URL {
    /// RFC 4648, section 5, with padding as EC2's tokens have it.
    static func encode(_ bytes: [UInt8]) -> String {
        Data(bytes).base64EncodedString().map { character in
            switch character {
            case "+": "-"
            case "/": "_"
            default: String(character)
            }
        }.joined()
    }
}
