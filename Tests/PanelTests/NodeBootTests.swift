import Foundation
import Host
import PanelAPI
import Support
import Testing

@testable import Panel

/// The real howdah-node, booted against a panel by TLS. It has its facts from a file and proves
/// itself by a one-time token: nothing of it needs a cloud or root.
@Suite struct NodeBootTests {
    /// Beside this test.
    static let program: String = {
        let path = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
        let folder = (path ?? "").split(separator: "/").dropLast().joined(separator: "/")
        return "/\(folder)/howdah-node"
    }()

    static func boot(
        _ url: String, pin: String, token: String, in root: String
    ) async throws -> Command.Output {
        let files = Files(root: root)
        let node = Lab.node(1)
        for (path, text) in [
            (
                "/etc/howdah/cluster.yaml",
                """
                howdah: 1
                cluster: demo
                panel: \(url)
                panel_keys: ['\(pin)']
                enrolment: token
                stack: empty
                role: master
                cloud: {region: garage, facts: 'file:///etc/howdah/facts.yaml'}

                """
            ),
            (
                "/etc/howdah/facts.yaml",
                """
                instance_id: \(node.instanceID)
                address: \(node.address)
                hostname: \(node.hostname)
                zone: eu-central-1a
                user_data: /etc/howdah/user-data

                """
            ),
            (
                "/usr/share/howdah/stacks/empty.yaml",
                """
                stack: 1
                name: empty
                master: master
                roles:
                  master: {packages: []}
                  slave: {packages: []}

                """
            ),
            ("/etc/howdah/user-data", "howdah: 1\nenrolment_token: \(token)\n"),
            ("/etc/hosts", "127.0.0.1 localhost\n"),
        ] {
            try files.makeDirectory(
                "/" + path.split(separator: "/").dropLast().joined(separator: "/"))
            try files.write(text, to: path)
        }
        return try await Command.run(
            program, ["boot", "--root", root], environment: ["HOWDAH_LIGHT": "1"], mayFail: true)
    }

    @Test func `a node boots by TLS with the panel's key pinned, and not with another`()
        async throws
    {
        try await TLSTests.serving { lab, panel, url in
            lab.launch(1, role: "master")
            let made = try await panel.passes.insert(
                "howdah-once-of-the-test",
                .init(
                    role: "master", instanceID: nil, address: nil, lifeSeconds: 3600), for: "demo",
                by: "test", now: lab.time.panelTime.now())
            #expect(made.usedBy == nil)
            try await withTemporaryDirectory { root in
                let wrong = "sha256//" + String(repeating: "A", count: 43) + "="
                let refused = try await Self.boot(
                    url, pin: wrong, token: "howdah-once-of-the-test", in: root)
                #expect(refused.exitCode == 1, "\(refused)")
                #expect(refused.errors.contains("shows another key"), "\(refused)")
                #expect(try await panel.nodes.current().isEmpty)
            }
            try await withTemporaryDirectory { root in
                let pin = try #require(panel.tls).pin
                let booted = try await Self.boot(
                    url, pin: pin, token: "howdah-once-of-the-test", in: root)
                #expect(booted.exitCode == 0, "\(booted)")
                #expect(
                    try await panel.nodes.current().map(\.instanceID) == [Lab.node(1).instanceID])
                let report = try await panel.viewer.view(of: "demo").nodes.first?.lastBoot
                #expect(report?.outcome == .done, "\(booted)")
            }
        }
    }
}
