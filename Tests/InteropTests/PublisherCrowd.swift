import RepoPublish
import Support
import Testing

/// Publishers that all work on one repository at once, each a process of its own that is killed
/// now and then and started again, as an impatient engineer does.
struct PublisherCrowd: Sendable {
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    /// After so many kills of one run it is left alone.
    static let maximumKills = 3

    /// Folder of the packages and logs.
    let folder: String
    /// As the program takes it.
    let repository: String
    let environment: [String: String]
    let publishers: Int
    let rounds: Int
    let seed: UInt64

    /// Of a package that a publisher adds in a round.
    static func name(_ publisher: Int, _ round: Int) -> String { "crowd-\(publisher)-\(round)" }

    var names: [String] {
        (0..<publishers).flatMap { publisher in
            (0..<rounds).map { Self.name(publisher, $0) }
        }
    }

    private func directory(_ publisher: Int, _ round: Int) -> String {
        "\(folder)/\(publisher)/\(round)"
    }

    /// Builds all packages in one go, and gives each publisher's round a folder with an index.
    func prepare() async throws {
        var spec = """
            Name: crowd
            Version: 1
            Release: 1
            Summary: Packages of many publishers
            License: MIT
            BuildArch: noarch
            AutoReqProv: no
            %description
            Many.

            """
        for name in names {
            spec += """
                %package -n \(name)
                Summary: One of many
                %description -n \(name)
                One.
                %files -n \(name)

                """
        }
        let built = try await RPMBuilder(directory: folder + "/built").build(
            spec: spec, arch: "noarch")
        #expect(built.count == names.count)
        for publisher in 0..<publishers {
            for round in 0..<rounds {
                let directory = directory(publisher, round)
                let file = "\(Self.name(publisher, round))-1-1.noarch.rpm"
                try await Command.run("/bin/mkdir", ["-p", directory])
                try await Command.run("/bin/cp", ["\(folder)/built/\(file)", directory])
                try await index(directory)
            }
        }
    }

    /// Every publisher adds its packages round by round; returns the names of those whose
    /// publication was acknowledged, and how many runs were killed.
    func run() async throws -> (names: [String], kills: Int) {
        try await withThrowingTaskGroup(of: ([String], Int).self) { group in
            for publisher in 0..<publishers { group.addTask { try await publish(publisher) } }
            return try await group.reduce(into: ([], 0)) {
                $0.0 += $1.0
                $0.1 += $1.1
            }
        }
    }

    private func publish(_ publisher: Int) async throws -> ([String], Int) {
        var random = SeededGenerator(seed: seed &+ UInt64(publisher))
        var names: [String] = []
        var kills = 0
        for round in 0..<rounds {
            var left = Self.maximumKills
            while true {
                let isDoomed = left > 0 && Bool.random(using: &random)
                let patience = Duration.milliseconds(Int.random(in: 20...1200, using: &random))
                let end = try await run(publisher, round, killedAfter: isDoomed ? patience : nil)
                if end == .exited(0) { break }
                guard end == .killed else {
                    let log = readFile(log(publisher)) ?? []
                    throw Failure(
                        description: "publisher \(publisher): \(end): "
                            + String(decoding: log, as: UTF8.self))
                }
                left -= 1
                kills += 1
            }
            names.append(Self.name(publisher, round))
        }
        return (names, kills)
    }

    private func log(_ publisher: Int) -> String { "\(folder)/\(publisher).log" }

    private func run(
        _ publisher: Int, _ round: Int, killedAfter patience: Duration?
    ) async throws -> KilledProgram.End {
        let directory = directory(publisher, round)
        let package = "\(directory)/\(Self.name(publisher, round))-1-1.noarch.rpm"
        let arguments =
            publisher.isMultiple(of: 2)
            ? ["repo", "add", repository, package] : ["repo", "publish", directory, repository]
        return try await KilledProgram.run(
            KilledProgram.programs + "/howdah", arguments, environment: environment,
            logPath: log(publisher), killedAfter: patience)
    }
}
