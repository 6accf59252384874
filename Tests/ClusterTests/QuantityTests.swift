import Cluster
import Testing

@Suite struct QuantityTests {
    @Test(
        arguments: [
            ("200 GiB", 214_748_364_800), ("1KiB", 1024), ("3 B", 3), ("2 TB", 2_000_000_000_000),
            ("1 kB", 1000), ("5 MiB", 5_242_880),
        ] as [(String, Int64)])
    func `a size is a number and its unit`(text: String, bytes: Int64) {
        #expect(ByteSize(text)?.bytes == bytes)
    }

    @Test(arguments: [
        "", "200", "GiB", "0 GiB", "-1 GiB", "1.5 GiB", "1 gib", "1 G", "1 GiB ", "٣ GiB",
        "9000000000 TiB", "99999999999999999999 B",
    ])
    func `anything else is no size`(text: String) {
        #expect(ByteSize(text) == nil)
    }

    @Test func `a size is written in the largest unit without a remainder`() {
        #expect(ByteSize(bytes: 1 << 40).description == "1 TiB")
        #expect(ByteSize(bytes: 1025).description == "1025 B")
        #expect(ByteSize("1 GB").map(\.description) == "1000000000 B")
    }

    @Test func `gibibytes are rounded up`() {
        #expect(ByteSize("1 GiB")?.gibibytes == 1)
        #expect(ByteSize("1025 MiB")?.gibibytes == 2)
        #expect(ByteSize("1 B")?.gibibytes == 1)
    }

    @Test func `a time is a number and its unit`() {
        #expect(Duration(quantity: "250 ms") == .milliseconds(250))
        #expect(Duration(quantity: "30 s") == .seconds(30))
        #expect(Duration(quantity: "2min") == .seconds(120))
        #expect(Duration(quantity: "8760 h") == .seconds(365 * 86_400))
        for text in ["30", "0 s", "-1 s", "1 m", "1 d", "8761 h", "", "9223372036854775807 h"] {
            #expect(Duration(quantity: text) == nil, "\(text)")
        }
    }
}
