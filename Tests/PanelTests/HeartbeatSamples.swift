import PanelAPI

/// Heartbeats for tests of what they bring.
enum HeartbeatSamples {
    static func beat(
        _ sequence: Int, at times: [Double], values: [String: Double] = ["ldavg-1": 1]
    ) -> Heartbeat {
        var beat = Heartbeat(
            bootID: "boot-1", sequence: sequence, uptimeSeconds: 1, load1: 1,
            loadIsHostWide: false)
        beat.samples = times.map { MetricSample(at: $0, seconds: 30, values: values) }
        return beat
    }
}
