internal import Host
internal import PanelAPI

/// What an agent tells with its heartbeats, beside that it lives.
struct News: Sendable {
    let buffer: SampleBuffer
    let notices: NoticeWatch
    let space: DiskSpace

    /// Puts into a heartbeat what there is to tell; says what must be confirmed once it arrived.
    func fill(_ beat: inout Heartbeat) async -> SampleBuffer.Batch {
        let batch = buffer.oldest()
        if !batch.samples.isEmpty { beat.samples = batch.samples }
        if batch.lost > 0 { beat.samplesLost = batch.lost }
        beat.space = space.look()
        beat.notices = await notices.look()
        return batch
    }
}
