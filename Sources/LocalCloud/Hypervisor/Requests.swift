internal import Host

/// What an operator asks of the hypervisor and EC2 does not show: a reboot leaves no trace in what
/// EC2 tells of an instance. One file an instance.
struct Requests: Sendable {
    private let folder: StateFolder

    init(_ folder: StateFolder) {
        self.folder = folder
    }

    private func path(_ id: String) -> String { "\(StateFolder.requests)/reboot-\(id)" }

    func all() throws -> Set<String> {
        guard folder.files.isDirectory(StateFolder.requests) else { return [] }
        let names = try folder.files.list(StateFolder.requests)
        // A name with a dot is a file that is being written; it will be there whole in a moment.
        return Set(
            names.filter { $0.hasPrefix("reboot-") && !$0.contains(".") }
                .map { String($0.dropFirst("reboot-".count)) })
    }

    func reboot(_ id: String) throws {
        try folder.files.makeDirectory(StateFolder.requests)
        try folder.files.write("", to: path(id))
    }

    func clear(_ id: String) throws { try folder.files.remove(path(id)) }
}
