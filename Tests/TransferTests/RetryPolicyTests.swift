import Testing
import Transfer

@Suite struct RetryPolicyTests {
    let policy = RetryPolicy(attempts: 10, base: .seconds(1), cap: .seconds(10))

    func wait(_ attempt: Int, _ headers: HTTPHeaders = [:], random: Double = 1) -> Duration? {
        let response = HTTPResponse(status: 503, headers: headers)
        return policy.wait(after: attempt, response: response, random: random)
    }

    @Test func `waits double up to their cap, with full jitter, and end`() {
        #expect((1...5).map { wait($0) } == [1, 2, 4, 8, 10].map { .seconds($0) })
        #expect(wait(3, random: 0.25) == .seconds(1) && wait(3, random: 0) == .zero)
        #expect(wait(10) == nil)
    }

    @Test func `Retry-After is waited for, as seconds or as a date by the server's clock`() {
        #expect(wait(1, ["Retry-After": "7"]) == .seconds(7))
        let date: HTTPHeaders = [
            "Date": "Sun, 06 Nov 1994 08:49:37 GMT",
            "Retry-After": "Sun, 06 Nov 1994 08:50:07 GMT",
        ]
        #expect(wait(1, date) == .seconds(30))
        #expect(wait(1, ["Retry-After": "3600"]) == nil, "longer than anyone waits")
        #expect(wait(1, ["Retry-After": "soon"]) == .seconds(1))
    }

    @Test func `dates are those of RFC 9110`() {
        #expect(HTTPDate.secondsSince1970("Sun, 06 Nov 1994 08:49:37 GMT") == 784_111_777)
        #expect(HTTPDate.secondsSince1970("Thu, 29 Feb 2024 00:00:00 GMT") == 1_709_164_800)
        #expect(HTTPDate.secondsSince1970("Sunday, 06-Nov-94 08:49:37 GMT") == nil)
    }

    @Test func `what may have arrived is not sent twice where that matters`() {
        let careful = RetryPolicy(transport: .beforeSending)
        func waits(_ kind: TransferError.Kind, _ policy: RetryPolicy) -> Bool {
            let error = TransferError(kind, method: "POST", url: "http://a/")
            return policy.wait(after: 1, error: error, random: 1) != nil
        }
        #expect(waits(.notConnected, careful) && waits(.nameNotFound, careful))
        #expect(!waits(.interrupted, careful) && waits(.interrupted, .standard))
        #expect(!waits(.tls, .standard) && !waits(.cancelled, .standard))
    }
}
