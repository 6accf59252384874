import Glibc
import Host
import Support
import Testing

/// Entries of a real boot in a real journal. Needs root and a tree to boot.
@Suite(.enabled(if: NodeContainer.whyNot == nil)) struct JournalContainerTests {
    @Test func `a step is found in the journal by its fields, and its line is on the console`()
        async throws
    {
        try await NodeContainer.with { container in
            // A stack that is not there: the boot ends in its first step.
            try container.put(
                "howdah: 1\ncluster: herd\npanel: http://127.0.0.1:8443\nstack: none\n",
                at: "/etc/howdah/cluster.yaml")
            try await container.start()
            let metadata = try await NodeContainer.serve("metadata", in: container)
            defer { metadata.stop() }
            try await container.systemctl(["start", "howdah-boot.service"], mayFail: true)
            let fields = "--output-fields=MESSAGE,PRIORITY,SYSLOG_IDENTIFIER,HOWDAH_OUTCOME"
            let line = try await container.run(
                "journalctl", "--boot", "--unit=howdah-boot.service", "--output=json", fields,
                "HOWDAH_STEP=facts"
            ).output
            #expect(line.contains(#""HOWDAH_OUTCOME":"failed""#), "\(line)")
            #expect(line.contains(#""PRIORITY":"3""#))
            #expect(line.contains(#""SYSLOG_IDENTIFIER":"howdah-node""#))
            #expect(line.contains("the stack 'none' is not in the image"))
            #expect(line.split(separator: "\n").count == 1)
            // Once, not also by the way of standard error.
            let all = try await container.journal("howdah-boot.service")
            #expect(all.components(of: "facts: failed: ") == 1)
            #expect(container.console.contains("howdah-node: facts: failed: "))
        }
    }
}

extension String {
    fileprivate func components(of text: String) -> Int {
        split(separator: "\n").count { $0.contains(text) }
    }
}
