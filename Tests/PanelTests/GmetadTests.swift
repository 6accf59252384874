import Foundation
import HummingbirdTesting
import Logging
import PanelAPI
import PanelClient
import Support
import Testing

@testable import Panel

/// Ganglia's own gmetad polls the panel, and keeps what it reads.
@Suite struct GmetadTests {
    static let isPossible = Command.exists("gmetad") && Command.exists("rrdtool")

    @Test(
        .enabled(if: isPossible, "gmetad or rrdtool is not installed: scripts/setup"),
        .timeLimit(.minutes(10)))
    func `gmetad keeps a node's metrics, and has it down after three minutes of silence`()
        async throws
    {
        try await Lab.with { lab in
            lab.launch(1, role: "master")
            try await lab.withPanel { panel, api in
                var beat = Heartbeat(
                    bootID: "boot-1", sequence: 1, uptimeSeconds: 1, load1: 1,
                    loadIsHostWide: false)
                beat.samples = [
                    MetricSample(
                        at: panel.time.now() - 5, seconds: 30, values: ["ldavg-1": 2.25])
                ]
                _ = try await lab.client(1, api).heartbeat(beat)
                try await listening(panel) { port in
                    try await Self.polled(from: port, in: lab.directory) { gmetad in
                        try await gmetad.wait { words in words.contains(#"UP="1" DOWN="0""#) }
                        try await gmetad.keeps("demo/master/load_one.rrd", "2.25")
                        lab.time.advance(181)
                        try await gmetad.wait { words in words.contains(#"UP="0" DOWN="1""#) }
                    }
                }
            }
        }
    }

    /// The panel's port for gmetad, while `body` lasts.
    private func listening(
        _ panel: Panel, _ body: @escaping @Sendable (Int) async throws -> Void
    ) async throws {
        let port = GangliaPort(
            viewer: panel.viewer, store: panel.metrics, cluster: panel.settings.clusters[0],
            time: panel.time)
        let (ready, opened) = AsyncStream.makeStream(of: Int.self)
        let service = TCPService(
            name: "ganglia", address: .init(host: "127.0.0.1", port: 0),
            logger: Logger(label: "test"), onReady: { opened.yield($0) }
        ) { _, outbound in
            try await port.serve(outbound)
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await service.run() }
            for await number in ready {
                try await body(number)
                break
            }
            group.cancelAll()
        }
    }

    private struct Gmetad: Sendable {
        let process: ServerProcess
        let folder: String
        let port: UInt16

        /// Until what it says of the grid fits.
        func wait(_ fits: @escaping @Sendable (String) -> Bool) async throws {
            try await process.wait(for: "gmetad's view") {
                let ask = "exec 3<>/dev/tcp/127.0.0.1/\(port); echo '/?filter=summary' >&3; cat <&3"
                let asked = try? await Command.run(
                    "timeout", ["20", "bash", "-c", ask], mayFail: true)
                return fits(asked?.output ?? "")
            }
        }

        /// Until the last value of one of its files is `value`.
        func keeps(_ file: String, _ value: String) async throws {
            try await process.wait(for: file) {
                let said = try? await Command.run(
                    "rrdtool", ["lastupdate", "\(folder)/rrds/\(file)"], mayFail: true)
                return said?.output.contains(": \(value)") ?? false
            }
        }
    }

    private static func polled(
        from port: Int, in folder: String, _ body: @Sendable (Gmetad) async throws -> Void
    ) async throws {
        let ports = freePorts(2)
        try FileManager.default.createDirectory(
            atPath: folder + "/rrds", withIntermediateDirectories: true)
        let settings = """
            data_source "demo" 1 127.0.0.1:\(port)
            gridname "test"
            setuid off
            rrd_rootdir "\(folder)/rrds"
            xml_port \(ports[0])
            interactive_port \(ports[1])

            """
        try Data(settings.utf8).write(to: URL(filePath: folder + "/gmetad.conf"))
        let process = try ServerProcess.start(
            "/usr/sbin/gmetad", ["-c", folder + "/gmetad.conf", "-d", "1"],
            logPath: folder + "/gmetad.log")
        defer { process.stop() }
        try await body(Gmetad(process: process, folder: folder, port: ports[1]))
    }
}
