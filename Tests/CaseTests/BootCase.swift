import FoundationEssentials
import Support
import Testing

/// One folder of `Tests/Cases`: what an instance finds when it boots, and how that must end. Its
/// README says what each key means.
struct BootCase: Sendable, CustomTestStringConvertible {
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    let name: String
    let folder: String
    let plan: Plan

    var testDescription: String { name }

    struct Plan: Sendable {
        /// What happens to the node, in one sentence.
        let about: String
        let disks: [CaseDisk]
        let boots: [Boot]
    }

    struct Boot: Sendable {
        enum Start: String, Decodable, Sendable {
            /// `howdah-node boot` once more, on the running machine.
            case again
            /// After a shutdown, as for stop and start of an instance.
            case reboot
            /// After its power went without a word.
            case cut
        }

        enum Outcome: String, Decodable, Sendable {
            case done, failed, degraded

            /// Of `howdah-node status`.
            var exitCode: Int32 {
                switch self {
                case .done: 0
                case .failed: 1
                case .degraded: 2
                }
            }
        }

        let start: Start
        /// Shell lines, run in the machine as root before the boot.
        let before: [String]
        let outcome: Outcome
        /// What `howdah-node status` must say.
        let says: [String]
        /// What it must not say, and neither the log.
        let silent: [String]
        /// Shell lines, each of which must succeed in the machine after the boot.
        let checks: [String]
    }

    /// All of them. A folder that cannot be read is one that fails with the reason.
    static let all: [BootCase] = {
        let folder = Checkout.root + "/Tests/Cases"
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return names.sorted().filter { $0 != "README.md" }.map { name in
            let path = "\(folder)/\(name)"
            do {
                let bytes = readFile(path + "/case.json") ?? []
                let plan = try JSONDecoder().decode(Plan.self, from: Data(bytes))
                return BootCase(name: name, folder: path, plan: plan)
            } catch {
                let unread = Plan(about: "'\(path)/case.json': \(error)", disks: [], boots: [])
                return BootCase(name: name, folder: path, plan: unread)
            }
        }
    }()

    /// What the folder lays over the machine's tree: path to text.
    func files() throws -> [(path: String, text: String)] {
        let root = folder + "/root"
        let paths = (try? FileManager.default.subpathsOfDirectory(atPath: root)) ?? []
        var files = try paths.sorted().compactMap { path in
            try file("root/" + path).map { ("/" + path, $0) }
        }
        if let cluster = try file("cluster.yaml") {
            files.append(("/etc/howdah/cluster.yaml", cluster))
        }
        if let stack = try file("stack.yaml") {
            files.append(("/usr/share/howdah/stacks/tiny.yaml", stack))
        }
        return files
    }

    private func file(_ name: String) throws -> String? {
        let path = "\(folder)/\(name)"
        var isFolder = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), !isFolder
        else { return nil }
        return try String(contentsOfFile: path, encoding: .utf8)
    }
}

extension BootCase.Plan: Decodable {
    private enum Key: String, CodingKey, CaseIterable {
        case about, like, metadata, panel, disks, boots
    }

    init(from decoder: any Decoder) throws {
        try StrictKeys.check(decoder, Key.allCases.map(\.rawValue))
        let values = try decoder.container(keyedBy: Key.self)
        about = try values.decode(String.self, forKey: .about)
        disks = try values.decodeIfPresent([CaseDisk].self, forKey: .disks) ?? []
        boots = try values.decode([BootCase.Boot].self, forKey: .boots)
    }
}

extension BootCase.Boot: Decodable {
    private enum Key: String, CodingKey, CaseIterable {
        case start, late, metadata, panel, before, outcome, says, silent, checks
    }

    init(from decoder: any Decoder) throws {
        try StrictKeys.check(decoder, Key.allCases.map(\.rawValue))
        let values = try decoder.container(keyedBy: Key.self)
        start = try values.decodeIfPresent(Start.self, forKey: .start) ?? .again
        before = try values.decodeIfPresent([String].self, forKey: .before) ?? []
        outcome = try values.decode(Outcome.self, forKey: .outcome)
        says = try values.decodeIfPresent([String].self, forKey: .says) ?? []
        silent = try values.decodeIfPresent([String].self, forKey: .silent) ?? []
        checks = try values.decodeIfPresent([String].self, forKey: .checks) ?? []
    }
}

/// A key that nobody reads would be an expectation that nobody holds.
enum StrictKeys {
    private struct AnyKey: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }

        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    static func check(_ decoder: any Decoder, _ known: [String]) throws {
        let found = try decoder.container(keyedBy: AnyKey.self).allKeys.map(\.stringValue)
        if let odd = found.first(where: { !known.contains($0) }) {
            throw BootCase.Failure(description: "unknown key '\(odd)'; there are \(known)")
        }
    }
}
