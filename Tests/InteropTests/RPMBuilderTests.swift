import Support
import Testing

@Suite struct RPMBuilderTests {
    @Test func `rpm reads and verifies what the builder made and signed`() async throws {
        try await withTemporaryDirectory { directory in
            try await TestKey.with { key in
                let builder = RPMBuilder(directory: directory + "/out")
                let path = try await builder.build(
                    .init("alpha", version: "2.1", epoch: 3, requires: ["beta >= 1"]),
                    signedBy: key)
                let name = try await Command.run("rpm", ["-qp", "--qf", "%{NEVRA}", path])
                #expect(name.output == "alpha-3:2.1-1.noarch")

                let keyFile = directory + "/key.asc"
                let keys = ["--dbpath", directory + "/db"]
                try await Command.run(
                    "sh", ["-c", "printf '%s' \"$KEY\" > \(keyFile)"],
                    environment: ["KEY": key.publicKey])
                try await Command.run("rpmkeys", keys + ["--import", keyFile])
                let checked = try await Command.run("rpmkeys", keys + ["-Kv", path])
                #expect(checked.output.contains("Signature, key ID"))
                #expect(!checked.output.contains("NOKEY"))
            }
        }
    }
}
