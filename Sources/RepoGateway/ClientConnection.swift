internal import AWS
internal import Transfer

/// One client: its requests one after another, on a thread of its own.
struct ClientConnection {
    let number: Int
    let socket: ClientSocket
    let gateway: Gateway

    /// What is not passed on but said here may take so long.
    private static let shortAnswer: Duration = .seconds(10)
    /// Of a client's header what S3 is asked with.
    private static let forwarded = [
        "range", "if-range", "if-match", "if-none-match", "if-modified-since",
        "if-unmodified-since",
    ]

    func run() {
        var reader = HeadReader(socket)
        let settings = gateway.settings
        while true {
            switch reader.next(idle: settings.idle, head: settings.head) {
            case .end: return
            case .refused(let refusal): return refuse(refusal)
            case .head(let bytes):
                guard begin() else { return }
                let goesOn = answer(bytes)
                guard goesOn, end() else { return }
            }
        }
    }

    /// False where the gateway stops.
    private func begin() -> Bool {
        gateway.state.change { state in
            state.idle.remove(number)
            return !state.isStopping
        }
    }

    private func end() -> Bool {
        gateway.state.change { state in
            state.idle.insert(number)
            return !state.isStopping
        }
    }

    /// The last word on this connection.
    private func refuse(_ refusal: Refusal, isHead: Bool = false) {
        let answer = AnswerHead.refusing(refusal, keepsConnection: false, isHead: isHead)
        if socket.send(answer, within: Self.shortAnswer) { socket.finish(within: .seconds(2)) }
    }

    /// False where the connection ends with it.
    private func answer(_ bytes: [UInt8]) -> Bool {
        let head: RequestHead
        do throws(Refusal) {
            head = try RequestHead.parse(bytes)
        } catch {
            refuse(error)
            return false
        }
        do throws(Refusal) {
            switch try gateway.rules.decide(head) {
            case .object(let location): return relay(head, location)
            case .explanation(let status, let words):
                return say(Refusal(status, words), to: head)
            }
        } catch {
            gateway.log.write("refused: \(error)")
            return say(error, to: head)
        }
    }

    private func say(_ refusal: Refusal, to head: RequestHead) -> Bool {
        let answer = AnswerHead.refusing(
            refusal, keepsConnection: head.keepsConnection, isHead: head.method == "HEAD")
        return socket.send(answer, within: Self.shortAnswer) && head.keepsConnection
    }

    private func relay(_ head: RequestHead, _ location: S3Location) -> Bool {
        let keeps = head.keepsConnection
        let relay = SocketRelay(to: socket.descriptor, patience: gateway.settings.slow) {
            AnswerHead.passing($0, $1, keepsConnection: keeps)
        }
        guard let refusal = carry(head, location, relay) else {
            let isMeasured = relay.answer.map { AnswerHead.isMeasured($0.status, $0.headers) }
            return keeps && isMeasured ?? false
        }
        gateway.log.write("\(head.method) \(location): \(refusal.words)")
        if relay.hasBegun {
            socket.resetAtClose()
            return false
        }
        guard AnswerHead.showsURLAlone(head["user-agent"]), refusal.status != 404 else {
            return say(refusal, to: head)
        }
        let answer = AnswerHead.leading(to: refusal, keepsConnection: keeps)
        return socket.send(answer, within: Self.shortAnswer) && keeps
    }

    /// Nil where the whole answer was passed on.
    private func carry(
        _ head: RequestHead, _ location: S3Location, _ relay: SocketRelay
    ) -> Refusal? {
        var headers = HTTPHeaders()
        for name in Self.forwarded {
            if let value = head[name], !value.isEmpty { headers.add(name, value) }
        }
        let (method, client, settings) = (head.method, gateway.client, gateway.settings)
        return OwnThread.wait { [headers] in
            do {
                try await client.relay(
                    method, location, headers: headers, to: relay, retry: settings.retry,
                    limits: settings.limits)
                return nil
            } catch {
                return UpstreamFailure.refusal(error)
            }
        }
    }
}
