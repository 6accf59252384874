import Testing

@testable import Host

@Suite struct StartPagesTests {
    @Test func `only code that a file holds is given back`() {
        let table = """
            55d4c8a00000-55d4c8b00000 r--p 00000000 fe:00 1 /usr/bin/howdah-node
            55d4c8b00000-55d4c8c00000 r-xp 00100000 fe:00 1 /usr/bin/howdah-node
            55d4c8c00000-55d4c8d00000 rw-p 00200000 fe:00 1 /usr/bin/howdah-node
            55d4c8e00000-55d4c8f00000 rwxp 00200000 fe:00 1 /usr/bin/howdah-node
            7f0000000000-7f0000001000 r-xp 00000000 00:00 0
            7f0000002000-7f0000003000 r-xp 00000000 fe:00 2          /lib/with blanks.so (deleted)
            7ffd00000000-7ffd00002000 r-xp 00000000 00:00 0          [vdso]
            7f000000g000-7f0000003000 r-xp 00000000 fe:00 2 /wrong
            7f0000009000-7f0000008000 r-xp 00000000 fe:00 2 /turned
            """
        #expect(
            StartPages.code(in: table) == [
                0x55d4_c8b0_0000..<0x55d4_c8c0_0000, 0x7f00_0000_2000..<0x7f00_0000_3000,
            ])
    }

    @Test func `a program goes on with its code given back, and none of it is written`() throws {
        StartPages.giveBack()
        let table = try Files(root: "/proc").text("/self/smaps")
        let code = table.split(separator: "\n").drop { !$0.contains(" r-xp ") }
        let first = code.prefix { !$0.hasPrefix("VmFlags") }
        #expect(first.contains { $0 == "Anonymous:             0 kB" })
    }
}
