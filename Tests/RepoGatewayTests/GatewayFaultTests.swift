import AWS
import FoundationEssentials
import Glibc
import Support
import Testing
import Transfer

@testable import RepoGateway

/// SeaweedFS behind a proxy that does it harm, and real dnf before the gateway.
@Suite(
    .enabled(if: getuid() == 0, "dnf --installroot needs root"),
    .enabled(if: Command.exists("dnf"), "needs dnf"),
    .enabled(if: SeaweedServer.missing == nil, "needs weed: run scripts/setup"))
struct GatewayFaultTests {
    @Test func `dnf notices nothing of a store that fails now and then`() async throws {
        try await PublishedPackages.with { store in
            let port = try #require(UInt16(store.store.split(separator: ":").last ?? ""))
            let rules: [FaultProxy.Rule] = [
                .init("GET", "*/repomd.xml", .slowDown),
                .init("GET", "*/repomd.xml", .internalError, on: 2...2),
                .init("GET", "*-primary.xml*", .reset(after: 100)),
                .init("GET", "*-filelists.xml*", .truncate(after: 50)),
                .init("GET", "*/app-2.0-1.noarch.rpm", .reset(after: 3000)),
                .init("GET", "*/base-1.0-1.noarch.rpm", .contentLength(off: 100)),
                .init("GET", "*libc%2B%2B-tools*", .slowDown, on: 1...3),
            ]
            try await FaultProxy.with(before: port, rules) { proxy in
                try await GatewayProgram.with(store: proxy.url, store.arguments) { gateway in
                    let result = try await DnfThroughGatewayTests.dnf(
                        gateway, ["install", "app"], mayFail: true)
                    let log = String(decoding: readFile(gateway.logPath) ?? [], as: UTF8.self)
                    #expect(result.exitCode == 0, "\(result.output)\(result.errors)\(log)")
                    try DnfThroughGatewayTests.expectInstalled(gateway)
                    let resumed = proxy.requests.filter { $0.headers["if-match"] != nil }
                    #expect(resumed.count >= 3, "\(proxy.requests.map(\.target))")
                }
            }
        }
    }

    @Test func `dnf says that the clock is wrong and by how much, and where no network is`()
        async throws
    {
        try await PublishedPackages.with { store in
            let port = try #require(UInt16(store.store.split(separator: ":").last ?? ""))
            let rule = FaultProxy.Rule(
                "GET", "*", .clockBehind(seconds: 1230), on: FaultProxy.Rule.always)
            try await FaultProxy.with(before: port, [rule]) { proxy in
                try await GatewayProgram.with(store: proxy.url, store.arguments) { gateway in
                    let result = try await DnfThroughGatewayTests.dnf(
                        gateway, ["makecache"], mayFail: true)
                    let said = result.output + result.errors
                    #expect(result.exitCode != 0)
                    // The time that dnf's request took counts, too.
                    #expect(said.contains(/clock_is_wrong,_2\d_min_behind/), "\(said)")
                }
            }
        }
        let nobody = "http://127.0.0.1:\(freePorts(1)[0])"
        try await GatewayUnderTest.with(store: nobody, change: { $0.retry = .none }) { gateway in
            let answer = try await gateway.get("x")
            #expect(answer.status == 502 && answer.text.contains("could not connect"))
        }
    }

    @Test(arguments: [Fault.hang, .stall(after: 1000), .dribble(every: .seconds(5))])
    func `a store that falls silent is asked again`(fault: Fault) async throws {
        let body = GatewayTests.body
        let exchange = LoopbackServer.Exchange(
            "GET", "/acme/el9/x",
            .init(200, headers: GatewayTests.tag, body: body, honoursRange: true))
        let isSilent = if case .hang = fault { true } else { false }
        try await LoopbackServer.with(isSilent ? [exchange] : [exchange, exchange]) { server in
            let rules = [FaultProxy.Rule("GET", "*", fault)]
            try await FaultProxy.with(before: server.port, rules) { proxy in
                try await GatewayUnderTest.with(
                    store: proxy.url, change: { $0.limits.stall = .seconds(8) }
                ) { gateway in
                    let answer = try await gateway.get("x")
                    #expect(answer.body == body)
                }
            }
        }
    }

    @Test func `a bucket in another region is found`() async throws {
        let exchange = LoopbackServer.Exchange("GET", "/acme/el9/x", .init(200, "one"))
        try await LoopbackServer.with([exchange]) { server in
            let rules = [
                FaultProxy.Rule("GET", "*", .elsewhere("eu-central-1", bucket: "acme"))
            ]
            try await FaultProxy.with(before: server.port, rules) { proxy in
                try await GatewayUnderTest.with(store: proxy.url) { gateway in
                    let answer = try await gateway.get("x")
                    #expect(answer.text == "one")
                    let signed = server.requests.first?.headers["authorization"] ?? ""
                    #expect(signed.contains("/eu-central-1/s3/"))
                }
            }
        }
    }
}
