public import FoundationEssentials
public import Transfer

/// Whether the Control Panel answers, and whether the way to it is closed to others.
public struct PanelCheck: Sendable {
    static let check = "panel"

    let url: String
    /// One that asks for the pinned keys, where there are any.
    let transfer: TransferClient
    let now: @Sendable () -> Date

    /// `url` as in the cluster file.
    public init(url: String, transfer: TransferClient, now: @escaping @Sendable () -> Date) {
        self.url = url
        self.transfer = transfer
        self.now = now
    }

    public func run() async -> [Finding] {
        var base = url
        while base.hasSuffix("/") { base.removeLast() }
        let place = TransferError.withoutSecrets(base)
        do {
            let reading = try await ClockCheck.read(base + "/healthz", transfer, now)
            guard reading.response.status == 200 else {
                return [
                    .wrong(
                        Self.check,
                        "'\(place)' answered \(reading.response.status) to /healthz",
                        remedy: "see that 'panel' in the cluster file is a howdah-panel, "
                            + "and the log of howdah-panel there")
                ]
            }
            let clock = ClockCheck.finding(reading, from: "the panel")
            return [way(place)] + (clock.map { [$0] } ?? [])
        } catch {
            return [failure(error, place)]
        }
    }

    private func way(_ place: String) -> Finding {
        if place.hasPrefix("https:") { return .fine(Self.check, "'\(place)' answers, by TLS") }
        let host = place.dropFirst("http://".count).prefix { $0 != ":" && $0 != "/" }
        guard !(host == "localhost" || host.hasPrefix("127.")) else {
            return .fine(Self.check, "'\(place)' answers, on this machine")
        }
        return .warning(
            Self.check,
            "'\(place)' answers, without TLS: whoever is on the way can read and change",
            remedy: "give the panel a certificate, write https, and its key as 'panel_keys'")
    }

    private func failure(_ error: any Error, _ place: String) -> Finding {
        let remedy =
            switch (error as? TransferError)?.kind {
            case .tls?:
                "see the certificate's name, end and issuer: openssl s_client -connect HOST:PORT; "
                    + "name the issuer with AWS_CA_BUNDLE, or the key with 'panel_keys'"
            case .wrongKey?:
                "this is another server than the one whose key is pinned, or its key was "
                    + "replaced: compare before you change 'panel_keys' in the cluster file"
            case .nameNotFound?: "see the name in 'panel' and the machine's DNS"
            default:
                "see that howdah-panel runs there, and the security group's rule for its port"
            }
        return .wrong(Self.check, "\(error)", remedy: remedy)
    }
}
