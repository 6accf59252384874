import FoundationEssentials
import Support

/// Debian's carbon-cache, for the time of one test.
struct CarbonCache: Sendable {
    static let isThere = Command.exists("carbon-cache") && Command.exists("whisper-fetch")

    let port: UInt16
    let folder: String
    let process: ServerProcess

    static func start(in directory: String, port: UInt16) async throws -> CarbonCache {
        let folder = directory + "/carbon"
        try await Command.run("mkdir", ["-p", folder])
        let settings = """
            [cache]
            STORAGE_DIR = \(folder)
            LOCAL_DATA_DIR = \(folder)/whisper
            CONF_DIR = \(folder)
            LOG_DIR = \(folder)
            PID_DIR = \(folder)
            LINE_RECEIVER_INTERFACE = 127.0.0.1
            LINE_RECEIVER_PORT = \(port)
            PICKLE_RECEIVER_PORT = 0
            CACHE_QUERY_PORT = 0
            MAX_CREATES_PER_MINUTE = inf
            CARBON_METRIC_INTERVAL = 0

            """
        let schemas = "[all]\npattern = .*\nretentions = 10s:6h\n"
        try writeFile("\(folder)/carbon.conf", Array(settings.utf8))
        try writeFile("\(folder)/storage-schemas.conf", Array(schemas.utf8))
        let process = try ServerProcess.start(
            "/usr/bin/carbon-cache",
            [
                "--config=\(folder)/carbon.conf", "--nodaemon", "--pidfile=\(folder)/pid", "start",
            ], logPath: "\(folder)/carbon.log")
        try await process.wait(for: "carbon-cache") { isListening(port) }
        return CarbonCache(port: port, folder: folder, process: process)
    }

    /// Until a metric's file has this value at this time (rounded down to its 10 seconds).
    func keeps(_ metric: String, _ value: String, at: Int) async throws {
        let path = "\(folder)/whisper/" + metric.replacing(".", with: "/") + ".wsp"
        try await process.wait(for: metric) {
            let read = try? await Command.run(
                "whisper-fetch", ["--from=\(at - 60)", "--until=\(at + 60)", path], mayFail: true)
            let lines = (read?.output ?? "").split(separator: "\n")
            return lines.contains("\(at - at % 10)\t\(value)")
        }
    }
}

/// Debian's VictoriaMetrics, with OpenTSDB's ports.
struct VictoriaMetrics: Sendable {
    static let isThere = Command.exists("victoria-metrics")

    let telnet: UInt16
    let put: UInt16
    let http: UInt16
    let process: ServerProcess

    static func start(in directory: String) async throws -> VictoriaMetrics {
        let ports = freePorts(3)
        let process = try ServerProcess.start(
            "/usr/bin/victoria-metrics",
            [
                "-storageDataPath=\(directory)/victoria", "-httpListenAddr=127.0.0.1:\(ports[2])",
                "-opentsdbListenAddr=127.0.0.1:\(ports[0])",
                "-opentsdbHTTPListenAddr=127.0.0.1:\(ports[1])",
            ], logPath: "\(directory)/victoria.log")
        try await process.wait(for: "victoria-metrics") {
            ports.allSatisfy { isListening($0) }
        }
        return VictoriaMetrics(
            telnet: ports[0], put: ports[1], http: ports[2], process: process)
    }

    /// Until its own export of a series has what `fits`.
    func exports(_ series: String, _ fits: @escaping @Sendable (String) -> Bool) async throws {
        try await process.wait(for: series) {
            let asked = try? await Command.run(
                "curl",
                [
                    "-sG", "http://127.0.0.1:\(http)/api/v1/export", "--data-urlencode",
                    "match=\(series)",
                ], mayFail: true)
            return fits(asked?.output ?? "")
        }
    }
}
