internal import ArgumentParser
internal import Glibc
internal import Host
internal import Logging
internal import Panel

struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Serve the panel until SIGTERM.",
        discussion: """
            EC2's and STS's addresses and the panel's own credentials come from where the AWS \
            tools take them: AWS_ENDPOINT_URL_EC2, AWS_ENDPOINT_URL_STS, AWS_PROFILE, the \
            instance's role.

            Example:
              howdah-panel serve --config /etc/howdah-panel/panel.yaml
            """)

    @Option(help: "The panel's settings.")
    var config = "/etc/howdah-panel/panel.yaml"

    @Option(help: "Write 'ADDRESS:PORT' there once calls are answered.")
    var readyFile: String?

    @Option(help: "How much to log: debug, info, warning or error.")
    var logLevel = "info"

    func validate() throws {
        guard Logger.Level(rawValue: logLevel) != nil else {
            throw ValidationError("--log-level is debug, info, warning or error")
        }
    }

    func run() async throws {
        LoggingSystem.bootstrap { StreamLogHandler.standardError(label: $0) }
        var logger = Logger(label: "howdah-panel")
        logger.logLevel = Logger.Level(rawValue: logLevel) ?? .info
        let live = try await LivePanel.open(config: config, logger: logger)
        let (scheme, key) = (live.scheme, live.keyLine)
        try await live.run { [readyFile, logger] address, port in
            print("howdah-panel listens on \(scheme)://\(address):\(port)")
            if let key { print(key) }
            Self.announce("\(address):\(port)", readyFile, logger)
        }
    }

    private static func announce(_ place: String, _ readyFile: String?, _ logger: Logger) {
        fflush(nil)
        guard let readyFile else { return }
        do { try Files().write("\(place)\n", to: readyFile) } catch {
            logger.error("cannot write the ready file", metadata: ["error": "\(error)"])
        }
    }
}
