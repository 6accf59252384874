import RepoMetadata
import Support
import Testing

@Suite struct VersionOrderTests {
    static let versions = [
        "0", "00", "1", "1.0", "1.00", "1.0.0", "1.0~rc1", "1.0~rc1~x", "1.0^", "1.0^git1",
        "1.0^git1~pre", "1.0a", "1.0.a", "1a", "1_0", "10", "2", "2.0.1", "a", "A", "b", "a1",
        "aa", "~", "^", "~~", "20240101", "5.5p10", "5.5p9", "xyz.4", "8", "xyz10", "1.0+2",
        "1..0", ".1", "+1", "1~^", "1^~", "99999999999999999999", "100000000000000000000",
    ]

    @Test(.enabled(if: Command.exists("rpm"), "needs rpm"))
    func `rpm orders every pair the same`() async throws {
        var script = "local v={"
        for version in Self.versions { script += "'\(version)'," }
        script += "} for _,a in ipairs(v) do for _,b in ipairs(v) do "
        script += "io.write(rpm.vercmp(a,b)..' ') end end"
        let result = try await Command.run("rpm", ["--eval", "%{lua:\(script)}"])
        let expected = result.output.split(whereSeparator: \.isWhitespace).compactMap { Int($0) }
        try #require(expected.count == Self.versions.count * Self.versions.count)
        var next = expected.makeIterator()
        for one in Self.versions {
            for two in Self.versions {
                let ours = VersionOrder.compare(Array(one.utf8), Array(two.utf8)).signum()
                #expect(ours == next.next(), "'\(one)' and '\(two)'")
            }
        }
    }
}
