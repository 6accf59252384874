internal import AWS
internal import Archive
internal import Cluster
internal import ConfigFiles
internal import FoundationEssentials
internal import Host

/// What somebody who is to help needs to see of a node, without its secrets: state, logs, journal,
/// configuration, facts and versions, as a compressed tar archive.
///
/// User-data, the environment, units and the role's files are not in it: they hold what others
/// wrote, in any form. What in them looks secret is hidden in all that is.
public struct LogCollection: Sendable {
    /// Bytes of the end of each log.
    static let maximumLog = 2 << 20
    static let maximumLogs = 64
    /// Metadata that does not answer is a finding, not a reason to wait.
    static let factsDeadline = Duration.seconds(20)
    static let stateFiles = 200
    static let environmentPath = "/etc/howdah/environment"

    private let world: NodeWorld
    private let environment: [String: String]
    private let journal: @Sendable () async throws -> String
    private var files: Files { world.paths.files }

    /// `environment`: this process's, whose secrets are to be hidden. `journal`: of our units.
    public init(
        world: NodeWorld, environment: [String: String],
        journal: @escaping @Sendable () async throws -> String
    ) {
        self.world = world
        self.environment = environment
        self.journal = journal
    }

    /// The archive. What cannot be read is said in the place of its content.
    public func archive() async throws -> [UInt8] {
        let facts = await facts()
        let redactor = Redactor(known: secrets(facts))
        var parts: [Part] = [
            Part("versions.txt") { versions }, Part("cluster.yaml") { clusterText(facts) },
            Part("facts.json") { try Self.text(facts) },
            Part("mounts.txt") {
                try Files(root: world.paths.proc).text("/self/mountinfo")
            },
        ]
        parts += stateParts + logParts
        if world.systemd != nil {
            let text: Result<String, any Error>
            do { text = .success(try await journal()) } catch { text = .failure(error) }
            parts.append(Part("journal.txt") { try text.get() })
            let units = await unitStates()
            parts.append(Part("units.txt") { units })
        }
        let now = Int(world.now().timeIntervalSince1970)
        var tar = TarFile(modified: now)
        for part in parts { tar.add(part.path, Array(redactor.text(part.content).utf8)) }
        return try Compressor.compress(tar.bytes, .gzip)
    }

    /// A file of the archive.
    private struct Part {
        static let folder = "howdah-logs/"

        let path: String
        let content: String

        init(_ name: String, _ content: () throws -> String) {
            path = Self.folder + name
            do {
                self.content = try content()
            } catch {
                self.content = "cannot be had: \(error)\n"
            }
        }
    }

    // MARK: - Secrets

    /// From everything that may name one, also from what is not collected.
    private func secrets(_ facts: Result<InstanceFacts, any Error>) -> [String] {
        let userData = (try? facts.get())?.userData
        let configuration = BootConfiguration(world.paths)
        // User-data that is wrong does not hide what the image's own file has.
        let cluster =
            (try? configuration.cluster(userData: userData).0)
            ?? (try? configuration.cluster(userData: nil).0)
        let texts =
            [BootConfiguration.clusterPath, Self.environmentPath].map {
                (try? files.textIfPresent($0)) ?? ""
            } + [String(decoding: userData ?? [], as: UTF8.self)]
        let tags = (try? facts.get())?.tags ?? [:]
        let named = environment.merging(tags) { own, _ in own }
            .filter { ClusterFile.isSecret($0.key) }
        return (cluster?.secretSettings ?? []) + [cluster?.enrolmentToken].compactMap(\.self)
            + named.map(\.value)
            + texts.flatMap { Redactor.secrets(in: $0) }
    }

    // MARK: - Parts

    private func facts() async -> Result<InstanceFacts, any Error> {
        do {
            let metadata = world.metadata
            return .success(
                try await withDeadline(
                    Self.factsDeadline, clock: world.clock,
                    late: { DeadlinePassed(what: "metadata", limit: Self.factsDeadline) }
                ) { try await metadata.facts() })
        } catch {
            return .failure(error)
        }
    }

    /// Names and texts as `howdah-node facts` has them; tags with secret names are hidden.
    private static func text(_ facts: Result<InstanceFacts, any Error>) throws -> String {
        let shown = FactTable(try facts.get()).values.map { name, value in
            (name, ClusterFile.isSecret(name) ? ClusterFile.hidden : value)
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
        let table = Dictionary(uniqueKeysWithValues: shown)
        return String(decoding: try encoder.encode(table), as: UTF8.self)
    }

    /// With our part of user-data laid over it. A text that is none of ours, or wrong, may be
    /// anything: its error's words would quote it.
    private func clusterText(_ facts: Result<InstanceFacts, any Error>) -> String {
        do {
            let userData = (try? facts.get())?.userData
            return try BootConfiguration(world.paths).cluster(userData: userData).0
                .redacted.canonicalText
        } catch let error as ConfigurationError {
            return "wrong: '\(error.file)', line \(error.line); "
                + "howdah-node config check says what\n"
        } catch {
            return "cannot be read; howdah-node config check says why\n"
        }
    }

    private var versions: String {
        let release = (try? files.textIfPresent("/etc/os-release")) ?? ""
        let names = release.split(separator: "\n").filter {
            $0.hasPrefix("PRETTY_NAME=") || $0.hasPrefix("VERSION_ID=")
        }
        let kernel = (try? Files(root: world.paths.proc).text("/version")) ?? "unknown\n"
        return "howdah-node \(HowdahVersion.text)\n"
            + names.map { "\($0)\n" }.joined() + "kernel \(kernel)"
    }

    /// All of the state is JSON; other files there are not ours.
    private var stateParts: [Part] {
        let folders = [""] + (names(in: StateStore.directory).map { "/\($0)" })
        let paths = folders.flatMap { folder in
            names(in: StateStore.directory + folder).map { "\(folder)/\($0)" }
        }
        return paths.filter { $0.hasSuffix(".json") }.prefix(Self.stateFiles).compactMap {
            part("state" + $0, StateStore.directory + $0)
        }
    }

    private var logParts: [Part] {
        names(in: Cleaning.logFolder).prefix(Self.maximumLogs).compactMap {
            part("log/\($0)", "\(Cleaning.logFolder)/\($0)")
        }
    }

    /// Nil for what is no plain file, or has a name that does not fit.
    private func part(_ name: String, _ path: String) -> Part? {
        guard name.utf8.count <= TarFile.maximumName - Part.folder.utf8.count,
            !files.isDirectory(path)
        else { return nil }
        return Part(name) {
            let bytes = try files.tail(path, limit: Self.maximumLog) ?? []
            return String(decoding: bytes, as: UTF8.self)
        }
    }

    private func names(in folder: String) -> [String] {
        files.isDirectory(folder) ? (try? files.list(folder)) ?? [] : []
    }

    /// Not the units themselves, which have the daemons' environments.
    private func unitStates() async -> String {
        guard let systemd = world.systemd else { return "" }
        let own = names(in: Systemd.unitFolder).filter {
            $0.hasPrefix(UnitSupervisor.prefix) && $0.hasSuffix(".service")
        }
        var text = ""
        for unit in ["howdah-boot.service", "howdah-agent.service"] + own {
            let state = (try? await systemd.show(unit, UnitState.properties)) ?? [:]
            let words = state.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
            text += "\(unit): \(words.joined(separator: " "))\n"
        }
        return text
    }
}

/// What the journal has of our units.
public enum UnitJournal {
    static let lines = 10_000
    static let maximumOutput = 16 << 20

    /// Of this boot of the machine and the one before it.
    public static func text() async throws -> String {
        let result = try await ProcessRunner().run(
            "journalctl",
            ["--no-pager", "--output=short-iso", "--lines=\(lines)", "--unit=howdah-*"],
            deadline: .seconds(60), outputLimit: maximumOutput)
        return result.outputText
    }
}
