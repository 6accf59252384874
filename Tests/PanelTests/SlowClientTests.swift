import Host
import NIOCore
import PanelAPI
import Support
import Synchronization
import Testing
import Transfer

@testable import Panel

/// Clients that hold a connection and give nothing for it, by real sockets. Whether they are turned
/// away is what is tested; how soon, no test says.
@Suite struct SlowClientTests {
    static func serving(
        _ change: @escaping (inout Lab) -> Void,
        _ body: @escaping @Sendable (Panel, Int) async throws -> Void
    ) async throws {
        try await TLSTests.serving({ lab in
            lab.tls = .none
            change(&lab)
        }) { _, panel, url in
            try await body(panel, try #require(url.split(separator: ":").last.flatMap { Int($0) }))
        }
    }

    @Test(arguments: ["", "GET /hea", "GET /healthz HTTP/1.1\r\nHost: panel\r\nX-A: b"])
    func `a request whose headers do not end is given up`(sent: String) async throws {
        try await Self.serving({ $0.limits.header = .milliseconds(200) }) { _, port in
            let client = try #require(RawClient(port))
            client.send(sent)
            #expect(await client.rest() == "")
        }
    }

    @Test func `a body that does not come is given up`() async throws {
        try await Self.serving({ $0.limits.body = .milliseconds(200) }) { _, port in
            let client = try #require(RawClient(port))
            client.send(
                "POST /v1/enrolment HTTP/1.1\r\nHost: panel\r\nContent-Length: 1000\r\n\r\n{")
            let answer = try #require(await client.rest())
            #expect(!answer.contains(" 200 "))
        }
    }

    @Test func `a connection without requests is closed after a while`() async throws {
        try await Self.serving({ $0.limits.idle = .milliseconds(200) }) { _, port in
            let client = try #require(RawClient(port))
            client.send("GET /healthz HTTP/1.1\r\nHost: panel\r\n\r\n")
            let answer = try #require(await client.rest())
            #expect(answer.hasPrefix("HTTP/1.1 200 OK"))
        }
    }

    @Test func `an address has so many connections, and a place again when one ends`()
        async throws
    {
        // One is that of the client that tests come with.
        try await Self.serving({ $0.access.connectionsPerAddress = 3 }) { _, port in
            let request = "GET /healthz HTTP/1.1\r\nHost: panel\r\n\r\n"
            var clients: [RawClient] = []
            for _ in 1...2 {
                let client = try #require(RawClient(port))
                client.send(request)
                #expect(await client.until("\"ok\"}") != nil)
                clients.append(client)
            }
            let third = try #require(RawClient(port))
            third.send(request)
            #expect(await third.rest() == "")
            clients.removeAll()
            let answer = try await poll(
                every: .milliseconds(50), for: .seconds(60), clock: ContinuousClock(),
                what: "a place"
            ) {
                let next = try #require(RawClient(port))
                next.send("GET /healthz HTTP/1.1\r\nHost: panel\r\nConnection: close\r\n\r\n")
                let text = await next.rest()
                return text?.isEmpty == false ? text : nil
            }
            #expect(answer.hasPrefix("HTTP/1.1 200 OK"))
        }
    }

    @Test func `headers beyond their bound are refused`() async throws {
        try await Self.serving({ _ in }) { _, port in
            let client = try #require(RawClient(port))
            client.send(
                "GET /healthz HTTP/1.1\r\nHost: panel\r\nX-Long: "
                    + String(repeating: "a", count: 40_000) + "\r\n\r\n")
            let answer = try #require(await client.rest())
            #expect(!answer.contains(" 200 "))
        }
    }

    @Test func `who asks on and on and reads nothing is not answered on and on`() async throws {
        let count = 500
        try await Self.serving({
            $0.limits.answer = .milliseconds(300)
            $0.access.connectionsPerAddress = 1
        }) { _, port in
            let own = "127.0.0.2"
            let client = try #require(RawClient(port, from: own, receiveBytes: 4096))
            let request = "GET /openapi.json HTTP/1.1\r\nHost: panel\r\n\r\n"
            client.send(String(repeating: request, count: count))
            // Its address has its one place again.
            _ = try await poll(
                every: .milliseconds(100), for: .seconds(60), clock: ContinuousClock(),
                what: "the end of the connection"
            ) {
                let next = try #require(RawClient(port, from: own))
                next.send("GET /healthz HTTP/1.1\r\nHost: panel\r\nConnection: close\r\n\r\n")
                return await next.rest()?.isEmpty == false ? true : nil
            }
            let answers = try #require(await client.rest())
            #expect(answers.split(separator: "HTTP/1.1 200 OK").count < count)
        }
    }

    @Test func `large answers have so much room together, and one always has some`() {
        let room = AnswerRoom(maximum: 100)
        var first = room.take(150)
        #expect(first != nil && room.take(1) == nil)
        first = nil
        #expect(room.takenBytes == 0)
        let second = room.take(60)
        let third = room.take(40)
        #expect(second != nil && third != nil && room.take(1) == nil)
    }

    /// The end of `serving` is the stop of the panel, which this waits for.
    @Test func `the panel stops though clients keep their connections`() async throws {
        let kept = Kept()
        try await TLSTests.serving({ $0.limits.answer = .milliseconds(500) }) { _, panel, url in
            let port = try #require(url.split(separator: ":").last.flatMap { Int($0) })
            // One that said nothing, one in the middle of its handshake, and one that is kept open.
            let silent = try #require(RawClient(port))
            let begun = try #require(RawClient(port))
            begun.send("\u{16}\u{03}\u{01}")
            let transfer = TLSTests.transfer([try #require(panel.tls).pin])
            let answer = try await transfer.send(Transfer.HTTPRequest("GET", url + "/healthz"))
            #expect(answer.status == 200)
            for thing in [silent, begun, transfer] as [any Sendable] { kept.hold(thing) }
        }
        try await Self.serving({ $0.limits.answer = .milliseconds(500) }) { _, port in
            let client = try #require(RawClient(port))
            client.send(
                "POST /v1/enrolment HTTP/1.1\r\nHost: panel\r\nContent-Length: 1000\r\n\r\n{")
            kept.hold(client)
        }
        kept.release()
    }
}

/// What a test keeps open while the panel stops.
private final class Kept: Sendable {
    private let things = Mutex<[any Sendable]>([])

    func hold(_ thing: any Sendable) { things.withLock { $0.append(thing) } }

    func release() { things.withLock { $0.removeAll() } }
}
