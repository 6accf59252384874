internal import PanelAPI

/// The bounds of what a heartbeat may tell beside that the node lives.
enum HeartbeatShape {
    static let maximumValues = 64
    static let maximumText = 1024

    static func check(_ beat: Heartbeat) throws(Refusal) {
        let samples = beat.samples ?? []
        guard samples.count <= Heartbeat.maximumSamples,
            samples.allSatisfy({ $0.values.count <= maximumValues }),
            samples.allSatisfy({ $0.values.keys.allSatisfy { $0.utf8.count <= 64 } })
        else {
            throw Refusal.badRequest(
                "more than \(Heartbeat.maximumSamples) samples of \(maximumValues) values")
        }
        let space = beat.space ?? []
        guard space.count <= Heartbeat.maximumMounts, space.allSatisfy({ isText($0.mount) }) else {
            throw Refusal.badRequest("more than \(Heartbeat.maximumMounts) mounts")
        }
        let notices = beat.notices ?? []
        guard notices.count <= Heartbeat.maximumNotices, notices.allSatisfy(isShort) else {
            throw Refusal.badRequest("more than \(Heartbeat.maximumNotices) notices")
        }
    }

    private static func isShort(_ notice: CloudNotice) -> Bool {
        [notice.kind, notice.action, notice.time, notice.id, notice.detail].allSatisfy {
            $0.map(isText) ?? true
        }
    }

    private static func isText(_ text: String) -> Bool { text.utf8.count <= maximumText }
}
