internal import FoundationEssentials
internal import PanelAPI
internal import Transfer

/// Sends single calls and reads their answers; knows nothing of tokens' lives.
struct Caller: Sendable {
    static let callLimit = Duration.seconds(20)
    /// What the network may add to a long poll.
    static let waitMargin = Duration.seconds(15)

    private let base: String
    private let transport: any PanelTransport

    init(base: String, transport: any PanelTransport) {
        self.base = String(base.reversed().drop { $0 == "/" }.reversed())
        self.transport = transport
    }

    func challenge() async throws -> EnrolmentChallenge {
        try decode(
            try await call("POST", "/v1/enrolment/challenge"), "POST /v1/enrolment/challenge")
    }

    func enrol(_ proof: EnrolmentProof) async throws -> Enrolment {
        let (path, body) =
            switch proof {
            case .identity(let request): ("/v1/enrolment", try encode(request))
            case .key(let request): ("/v1/enrolment/key", try encode(request))
            }
        let answer = try await call("POST", path, body: body, resend: .never)
        return try decode(answer, "POST \(path)")
    }

    func call(
        _ method: String, _ path: String, bearer: String? = nil, body: [UInt8] = [],
        limit: Duration = callLimit, resend: PanelCall.Resend = .untilAnswered
    ) async throws -> PanelAnswer {
        let call = PanelCall(
            method: method, url: base + path, bearer: bearer, body: body, limit: limit,
            resend: resend)
        let answer: PanelAnswer
        do {
            answer = try await transport.send(call)
        } catch let error as CancellationError {
            throw error
        } catch let error as TransferError where error.kind == .wrongKey {
            throw PanelError.wrongKey(call: "\(method) \(base)\(path)")
        } catch {
            try Task.checkCancellation()
            throw PanelError.unreachable(call: "\(method) \(base)\(path)", cause: "\(error)")
        }
        if (200..<300).contains(answer.status) { return answer }
        let name = "\(method) \(path)"
        guard let refusal = try? JSONDecoder().decode(APIError.self, from: Data(answer.body)) else {
            throw PanelError.misunderstood(
                call: "\(method) \(base)\(path)", status: answer.status,
                cause: "the answer is not one of the panel's refusals")
        }
        throw PanelError.refused(call: name, status: answer.status, refusal: refusal)
    }

    func decode<Value: Decodable>(
        _ answer: PanelAnswer, _ call: String, as type: Value.Type = Value.self
    ) throws -> Value {
        do {
            return try JSONDecoder().decode(type, from: Data(answer.body))
        } catch {
            throw PanelError.misunderstood(
                call: call, status: answer.status, cause: "the answer is no \(type)")
        }
    }

    func encode(_ value: some Encodable) throws -> [UInt8] {
        [UInt8](try JSONEncoder().encode(value))
    }
}
