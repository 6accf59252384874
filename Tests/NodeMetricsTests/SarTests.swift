import FoundationEssentials
import Glibc
import NodeMetrics
import PanelAPI
import Support
import Testing

/// sysstat's figures of the same seconds of this machine: its collector gets the same bytes in
/// place of `/proc`, twice, so that no time passes between its looks and ours.
///
/// Needs root, to mount something over `/proc` where nobody else sees it, and sysstat.
@Suite(.enabled(if: Sysstat.whyNot == nil)) struct SarTests {
    @Test func `every figure is sar's`() async throws {
        try await withTemporaryDirectory { root in
            let first = try Snapshot.take(into: root + "/1")
            try await Self.work(in: root)
            let second = try Snapshot.take(into: root + "/2")
            let ours = Rates.values(from: try first.counters(), to: try second.counters())
            let sar = try await Self.statistics(of: [first, second], in: root)
            let pairs: [(Metric, Double)] = [
                (.user, sar.cpuLoad[0].user), (.system, sar.cpuLoad[0].system),
                (.iowait, sar.cpuLoad[0].iowait),
                (.contextSwitches, sar.switching.cswch), (.runQueue, sar.queue.running),
                (.tasks, sar.queue.tasks), (.load1, sar.queue.load1),
                (.blocksRead, sar.io.reads.bread), (.blocksWritten, sar.io.writes.bwrtn),
                (.pagedIn, sar.paging.pgpgin), (.pagedOut, sar.paging.pgpgout),
                (.faults, sar.paging.fault),
            ]
            // sar adds up one processor after the other, and each of them has whole ticks.
            let tick = try 100 / (Self.ticks(second) - Self.ticks(first))
            for (metric, theirs) in pairs {
                let mine = try #require(ours[metric.rawValue], "\(metric)")
                let isShare = metric == .user || metric == .system || metric == .iowait
                let processors = Double(ProcessInfo.processInfo.processorCount)
                // Both round to two decimals.
                let room = isShare ? tick * (processors + 1) + 0.02 : 0.02
                #expect(abs(mine - theirs) <= room, "\(metric): \(mine), sar \(theirs)")
            }
            // kB a second with two decimals, of each interface.
            let room = 0.01 * 1024 * Double(sar.network.devices.count)
            let received = sar.network.devices.reduce(0) { $0 + $1.rxkB } * 1024
            let sent = sar.network.devices.reduce(0) { $0 + $1.txkB } * 1024
            #expect(abs(try #require(ours["eth-rxbyt"]) - received) <= room)
            #expect(abs(try #require(ours["eth-txbyt"]) - sent) <= room)
            // The work was seen at all.
            #expect(received > 500_000 && sar.io.writes.bwrtn > 100)
            #expect(sar.cpuLoad[0].user > 0 && sar.paging.fault > 0)
            let growth = try await Self.aborts(second) - Self.aborts(first)
            let seconds = try second.counters().seconds - first.counters().seconds
            #expect(growth >= 20)
            #expect(abs(try #require(ours["TCPAbortOnData"]) - growth / seconds) <= 0.02)
        }
    }

    private static func ticks(_ snapshot: Snapshot) throws -> Double {
        let times = try #require(try snapshot.counters().processors)
        return Double(
            times.user + times.nice + times.system + times.idle + times.iowait + times.stolen)
    }

    /// Processor time, pages, disk, the loopback's traffic, and 20 connections that are reset.
    private static func work(in root: String) async throws {
        let script = """
            import os, socket, struct, sys, time
            server = socket.create_server(("127.0.0.1", 0))
            for _ in range(20):
                one = socket.create_connection(server.getsockname())
                other, _ = server.accept()
                for _ in range(20):
                    one.sendall(b"x" * 30000)
                    left = 30000
                    while left: left -= len(other.recv(left))
                one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                one.close()
                other.close()
            with open(sys.argv[1], "wb") as file:
                file.write(os.urandom(4 << 20))
                file.flush()
                os.fsync(file.fileno())
            sum(i * i for i in range(2000000))
            time.sleep(1)
            """
        try await Command.run("/usr/bin/python3", ["-c", script, root + "/work"])
    }

    /// A record a snapshot, and what lies between the two.
    private static func statistics(
        of snapshots: [Snapshot], in root: String
    ) async throws -> Statistics {
        let data = root + "/records"
        for snapshot in snapshots {
            let script = "mount --bind \"$1\" /proc && exec \(Sysstat.collector) 1 1 \"$2\""
            try await Command.run(
                "unshare", ["-m", "bash", "-c", script, "sadc", snapshot.folder, data])
        }
        let json = try await Command.run(
            "sadf", ["-j", data, "--", "-u", "-q", "-w", "-b", "-B", "-n", "DEV"],
            environment: ["LC_ALL": "C"]
        ).output
        let answer = try JSONDecoder().decode(Answer.self, from: Data(json.utf8))
        return try #require(answer.sysstat.hosts.first?.statistics.first, "\(json)")
    }

    /// nstat's count of connections that were aborted with data in the queue.
    private static func aborts(_ snapshot: Snapshot) async throws -> Double {
        let name = "TcpExtTCPAbortOnData"
        let text = try await Command.run(
            "nstat", ["-a", "-s", "-z", name],
            environment: [
                "NSTAT_HISTORY": snapshot.folder + "/history",
                "PROC_NET_NETSTAT": snapshot.folder + "/net/netstat",
                "PROC_NET_SNMP": snapshot.folder + "/net/snmp",
            ]
        ).output
        let line = try #require(text.split(separator: "\n").first { $0.hasPrefix(name) })
        return try #require(line.split(separator: " ").dropFirst().first.flatMap { Double($0) })
    }
}

private enum Sysstat {
    static let collector = "/usr/lib/sysstat/sadc"
    static let whyNot: String? =
        geteuid() != 0
        ? "needs root"
        : access(collector, X_OK) == 0 && Command.exists("nstat")
            ? nil : "no '\(collector)' or no nstat: run scripts/setup"
}

/// What `sadf -j` prints, as far as it is compared.
private struct Answer: Decodable {
    struct Sysstat: Decodable {
        var hosts: [Host]
    }
    struct Host: Decodable {
        var statistics: [Statistics]
    }
    var sysstat: Sysstat
}

private struct Statistics: Decodable {
    struct Load: Decodable {
        var user: Double
        var system: Double
        var iowait: Double
    }
    struct Switching: Decodable {
        var cswch: Double
    }
    struct Paging: Decodable {
        var pgpgin: Double
        var pgpgout: Double
        var fault: Double
    }
    struct IO: Decodable {
        struct Reads: Decodable {
            var bread: Double
        }
        struct Writes: Decodable {
            var bwrtn: Double
        }
        var reads: Reads
        var writes: Writes

        enum CodingKeys: String, CodingKey {
            case reads = "io-reads"
            case writes = "io-writes"
        }
    }
    struct Queue: Decodable {
        var running: Double
        var tasks: Double
        var load1: Double

        enum CodingKeys: String, CodingKey {
            case running = "runq-sz"
            case tasks = "plist-sz"
            case load1 = "ldavg-1"
        }
    }
    struct Network: Decodable {
        struct Device: Decodable {
            var rxkB: Double
            var txkB: Double
        }
        var devices: [Device]

        enum CodingKeys: String, CodingKey {
            case devices = "net-dev"
        }
    }

    var cpuLoad: [Load]
    var switching: Switching
    var paging: Paging
    var io: IO
    var queue: Queue
    var network: Network

    enum CodingKeys: String, CodingKey {
        case cpuLoad = "cpu-load"
        case switching = "process-and-context-switch"
        case paging, io, queue, network
    }
}
