import Host
import Support
import Testing

@testable import LocalCloud

struct ReadinessTests {
    @Test func `a service that ended while starting is quoted with its last line`() async throws {
        try await withTemporaryDirectory { folder in
            let log = "\(folder)/log"
            try Files().write("first\nbind: Address already in use\n\n", to: log)
            #expect(Readiness.lastWords(log) == "bind: Address already in use ('\(log)')")
        }
    }

    @Test func `a service that said nothing is named with its log`() {
        #expect(Readiness.lastWords("/no/such/log") == "its log is '/no/such/log'")
    }
}
