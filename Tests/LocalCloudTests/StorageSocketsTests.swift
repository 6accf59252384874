import Testing

@testable import LocalCloud

@Suite struct StorageSocketsTests {
    @Test func `ports whose sockets another store has are passed over`() throws {
        var offers = [20_000, 30_000]
        let chosen = try StorageSockets.choose(
            random: { _ in offers.removeFirst() },
            isTaken: { $0 == "/tmp/seaweedfs-s3-grpc-20003.sock" })
        #expect(chosen.first == 30_000)
    }

    @Test func `when all are taken that is said`() {
        #expect(throws: LabError.self) {
            try StorageSockets.choose(random: { $0.lowerBound }, isTaken: { _ in true })
        }
    }
}
