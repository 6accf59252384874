internal import Host
internal import PanelAPI

/// Looks for the cloud's notices, says each once in the log, and keeps those that hold for
/// `howdah-node status`.
actor NoticeWatch {
    private let world: NodeWorld
    private let bootID: String
    private let store: StateStore
    private var known: [CloudNotice]
    private var wasSilent = false

    init(world: NodeWorld, bootID: String) throws {
        self.world = world
        self.bootID = bootID
        store = StateStore(files: world.paths.files)
        known = try store.agent(ofBoot: bootID).notices
    }

    /// All that hold now; nil where the metadata service does not answer.
    func look() async -> [CloudNotice]? {
        do {
            var found: [CloudNotice] = []
            for source in CloudNotices.Source.allCases {
                guard let text = try await world.notices("meta-data/\(source.rawValue)") else {
                    continue
                }
                found += CloudNotices.read(source, text)
            }
            wasSilent = false
            note(Array(found.prefix(Heartbeat.maximumNotices)))
            return known
        } catch {
            // Once: it is asked with each heartbeat.
            if !wasSilent, !Task.isCancelled { world.log.line("agent: notices: \(error)") }
            wasSilent = true
            return nil
        }
    }

    private func note(_ found: [CloudNotice]) {
        guard found != known else { return }
        for notice in found where !known.contains(notice) {
            world.log.entry("agent: \(notice)", .warning, fields: [.notice: notice.kind])
        }
        for notice in known where !found.contains(notice) {
            world.log.line("agent: no longer: \(notice)")
        }
        known = found
        // It is passed on whether it can be kept or not.
        try? store.changeAgent(ofBoot: bootID) { $0.notices = found }
    }
}
