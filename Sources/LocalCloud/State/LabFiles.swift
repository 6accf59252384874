internal import FoundationEssentials
internal import Host

/// Reading and writing a lab's records.
extension StateFolder {
    func readLab() throws -> Lab {
        guard let lab = try JSONFile.read(Lab.self, from: Self.lab, in: files) else {
            throw LabError("no lab in '\(path)'; start one with 'howdah local up'")
        }
        return lab
    }

    /// Namespaces and loop devices are root's; a lab on the loopback is its user's.
    public func requireRights(isRoot: Bool) throws {
        guard !isRoot, let lab = try? readLab(), lab.isolation == .namespaces else { return }
        throw LabError(
            "the lab in '\(path)' has namespaces and loop devices: run this as root")
    }

    func readSecrets() throws -> LabSecrets {
        guard let secrets = try JSONFile.read(LabSecrets.self, from: Self.secrets, in: files)
        else { throw LabError("'\(path)' has no keys; start the lab with 'howdah local up'") }
        return secrets
    }

    /// The services as this machine's programs see them, once the forwarder listens.
    func readEndpoints() throws -> Endpoints {
        guard let endpoints = try JSONFile.read(Endpoints.self, from: Self.forwards, in: files)
        else { throw LabError("the lab in '\(path)' has no forwarder; run 'howdah local up'") }
        return endpoints
    }
}
