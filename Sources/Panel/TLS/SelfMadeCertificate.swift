internal import Digests
internal import Host

/// The key and the certificate that a panel makes for itself at its first start, beside its
/// database. Whoever is to trust it is told its key's digest.
enum SelfMadeCertificate {
    /// Clients pin the key and ask nothing else of it: it has no reason to end before the panel.
    static let days = 3_650
    static let serialBytes = 16
    /// Nodes whose clock is a day behind take it too.
    static let earlySeconds = 86_400.0

    static func certificatePath(_ settings: PanelSettings) -> String {
        settings.database + ".tls-certificate.pem"
    }

    static func keyPath(_ settings: PanelSettings) -> String {
        settings.database + ".tls-key.pem"
    }

    /// Opens what the settings say of TLS; nil for plain HTTP.
    static func keeper(
        _ settings: PanelSettings, time: PanelTime, files: Files = Files()
    ) throws -> TLSKeeper? {
        switch settings.tls {
        case .none: return nil
        case .files(let certificate, let key):
            return try TLSKeeper(certificate: certificate, key: key, files: files)
        case .selfMade(let names):
            let (certificate, key) = (certificatePath(settings), keyPath(settings))
            if !files.exists(certificate) || !files.exists(key) {
                try make(certificate, key, names: [settings.bareHost] + names, time, files)
            }
            return try TLSKeeper(certificate: certificate, key: key, files: files)
        }
    }

    private static func make(
        _ certificate: String, _ key: String, names: [String], _ time: PanelTime, _ files: Files
    ) throws {
        let now = time.now()
        guard
            let made = SelfSignedCertificate.make(
                subject: "Howdah Control Panel", names: unique(names),
                serial: [0x40] + time.random(serialBytes), begin: Int64(now - earlySeconds),
                end: Int64(now) + Int64(days) * 86_400)
        else {
            throw PanelStartError.configuration(
                path: certificate,
                cause: "no certificate can be made for " + names.joined(separator: ", "))
        }
        // The certificate comes last: a key without one is made anew.
        try files.write(made.keyPEM, to: key, mode: 0o600)
        try files.write(made.certificatePEM, to: certificate, mode: 0o600)
    }

    private static func unique(_ names: [String]) -> [String] {
        names.reduce(into: []) { list, name in
            if !list.contains(name) { list.append(name) }
        }
    }
}

extension PanelSettings {
    /// The address or name that is listened on, as a certificate has it.
    var bareHost: String {
        host.hasPrefix("[") ? String(host.dropFirst().dropLast()) : host
    }
}
