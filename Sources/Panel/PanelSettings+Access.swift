internal import Cluster
internal import Digests

extension PanelSettings {
    static let accessKeys = [
        "page", "plain-http", "tls", "tls-certificate", "tls-key", "tls-names",
        "enrolments-per-minute", "connections-per-address",
    ]

    mutating func readAccess(_ reader: MappingReader) throws(ConfigurationError) {
        access.isPageOpen =
            try reader.parsed("page", expected: "open or login", Self.word("open", "login"))
            ?? false
        access.isPlainHTTPAllowed =
            try reader.parsed("plain-http", expected: "allowed", Self.word("allowed", nil)) ?? false
        let count = "a number from 1 to 1000000"
        access.enrolmentsPerMinute =
            try reader.parsed("enrolments-per-minute", expected: count, Self.count)
            ?? AccessSettings.defaultEnrolmentsPerMinute
        access.connectionsPerAddress =
            try reader.parsed("connections-per-address", expected: count, Self.count)
            ?? AccessSettings.defaultConnectionsPerAddress
        tls = try Self.tls(reader)
        guard !access.isPageOpen || isLoopback || tls == .none else {
            throw reader.failure(
                .refused("'page: open' is for a panel that listens on loopback alone"))
        }
        guard tls != .none || isLoopback || access.isPlainHTTPAllowed else {
            throw reader.failure(
                .refused(
                    "'listen: \(host)' needs TLS: say 'tls: self-made', or 'plain-http: allowed' "
                        + "where nobody else reads that network"))
        }
    }

    /// Whether only this machine reaches it.
    var isLoopback: Bool {
        host == "localhost" || host == "::1" || host == "[::1]"
            || host.hasPrefix("127.") && host.allSatisfy { $0.isNumber || $0 == "." }
    }

    private static func tls(_ reader: MappingReader) throws(ConfigurationError) -> TLSSettings {
        let isSelfMade =
            try reader.parsed("tls", expected: "self-made", word("self-made", nil)) ?? false
        var names: [String] = []
        if reader.node("tls-names") != nil {
            for node in try reader.list("tls-names") {
                let name = try reader.text(of: node, "tls-names")
                guard SelfSignedCertificate.isName(name) else {
                    throw reader.failure(
                        .refused("'\(name)' of 'tls-names' is no host name and no address"))
                }
                names.append(name)
            }
        }
        let certificate = try reader.parsed("tls-certificate", expected: "a path") { $0 }
        let key = try reader.parsed("tls-key", expected: "a path") { $0 }
        switch (isSelfMade, certificate, key) {
        case (true, nil, nil): return .selfMade(names: names)
        case (false, let certificate?, let key?) where names.isEmpty:
            return .files(certificate: certificate, key: key)
        case (false, nil, nil) where names.isEmpty: return .none
        default:
            throw reader.failure(
                .refused(
                    "TLS is either 'tls: self-made' with 'tls-names', or 'tls-certificate' with "
                        + "'tls-key'"))
        }
    }

    private static func word(_ yes: String, _ no: String?) -> (String) -> Bool? {
        { $0 == yes ? true : $0 == no ? false : nil }
    }

    private static func count(_ text: String) -> Int? {
        Int(text).flatMap { (1...1_000_000).contains($0) ? $0 : nil }
    }
}
