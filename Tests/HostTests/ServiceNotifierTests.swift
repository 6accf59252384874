import Glibc
import Host
import Support
import Testing

@Suite struct ServiceNotifierTests {
    @Test(arguments: [true, false])
    func `notifications arrive at a path and at a name that is no file`(isFile: Bool) throws {
        let folder = try makeTemporaryDirectory()
        defer { try? Files().removeTree(folder) }
        let socket = try NotifySocket(isFile ? folder + "/notify" : "@howdah\(folder)")
        let notifier = try #require(
            ServiceNotifier(environment: ["NOTIFY_SOCKET": socket.address]))
        #expect(notifier.send(.ready, .status("two\nlines")))
        #expect(notifier.send(.watchdog))
        #expect(notifier.send(.stopping))
        #expect(
            socket.messages() == ["READY=1\nSTATUS=two lines", "WATCHDOG=1", "STOPPING=1"])
    }

    @Test func `nobody to tell is no error`() throws {
        #expect(ServiceNotifier(environment: [:]) == nil)
        #expect(ServiceNotifier(environment: ["NOTIFY_SOCKET": ""]) == nil)
        #expect(ServiceNotifier(environment: ["NOTIFY_SOCKET": "vsock:2:1"]) == nil)
        let gone = ServiceNotifier(environment: ["NOTIFY_SOCKET": "/nowhere/notify"])
        #expect(try #require(gone).send(.ready) == false)
        let long = "/" + String(repeating: "x", count: 200)
        #expect(ServiceNotifier(environment: ["NOTIFY_SOCKET": long])?.send(.ready) == false)
    }

    @Test(
        arguments: [
            (["WATCHDOG_USEC": "3000000"], Duration.seconds(3)),
            (["WATCHDOG_USEC": "3000000", "WATCHDOG_PID": "7"], .seconds(3)),
            (["WATCHDOG_USEC": "3000000", "WATCHDOG_PID": "8"], nil),
            (["WATCHDOG_USEC": "0"], nil), (["WATCHDOG_USEC": "soon"], nil), ([:], nil),
        ] as [([String: String], Duration?)])
    func `the watchdog's limit is read if it is meant for us`(
        environment: [String: String], limit: Duration?
    ) throws {
        var environment = environment
        environment["NOTIFY_SOCKET"] = "/run/notify"
        let notifier = ServiceNotifier(environment: environment, processID: 7)
        #expect(try #require(notifier).watchdog == limit)
    }
}
