internal import Host
internal import Transfer

/// Readiness asked over the network.
struct LiveProbes: ReadinessProbing {
    static let limit = Duration.seconds(5)
    static let maximumBody: Int64 = 8 << 20

    let transfer: TransferClient

    func accepts(host: String, port: UInt16) async -> Bool {
        await TCPProbe.connects(
            host: host, port: port, limit: Self.limit, clock: ContinuousClock())
    }

    func get(_ url: String) async -> (status: Int, body: [UInt8])? {
        var request = HTTPRequest("GET", url)
        // A daemon of this cluster is never behind a proxy.
        request.proxyBypass = true
        let limits = TransferLimits(
            connect: Self.limit, total: Self.limit, stall: nil, maximumBody: Self.maximumBody)
        guard let answer = try? await transfer.send(request, limits: limits) else { return nil }
        return (answer.status, answer.body)
    }
}
