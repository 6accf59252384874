internal import HadoopMetrics
internal import Transfer

/// A ResourceManager's list of its nodes.
struct YARNReader: Sendable {
    static let limits = TransferLimits(
        connect: .seconds(5), total: .seconds(20), maximumBody: Int64(YARNNodes.maximumBytes))

    let transfer: TransferClient

    /// `address` is dotted IPv4.
    func nodes(at address: String, port: Int) async -> Seen<YARNNodes> {
        var request = HTTPRequest("GET", "http://\(address):\(port)\(YARNNodes.path)")
        request.proxyBypass = true
        do {
            let answer = try await transfer.send(request, limits: Self.limits)
            guard answer.status == 200 else {
                return .unknown("status \(answer.status) of the ResourceManager's list of nodes")
            }
            return .known(try YARNNodes(json: answer.body))
        } catch {
            return .unknown("\(error)")
        }
    }
}
