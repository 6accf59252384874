internal import Host

/// What systemd says of a unit.
struct UnitState: Sendable, Equatable {
    static let properties = [
        "LoadState", "ActiveState", "SubState", "Result", "NRestarts", "NeedDaemonReload",
        "ExecMainCode", "ExecMainStatus", "UnitFileState",
    ]

    var values: [String: String]

    static func of(_ unit: String, _ systemd: Systemd) async throws -> UnitState {
        UnitState(values: try await systemd.show(unit, properties))
    }

    /// Not one that systemd is about to start again after it ended.
    var isRunning: Bool { values["ActiveState"] == "active" }
    /// Its process may still do something.
    var isAlive: Bool {
        ["active", "activating", "deactivating"].contains(values["ActiveState"] ?? "")
    }
    var isKnown: Bool { values["LoadState"] == "loaded" }
    /// Its file is another one than systemd has read.
    var isStale: Bool { !isKnown || values["NeedDaemonReload"] == "yes" }
    /// It is started at power-on, whether we are there or not.
    var isEnabled: Bool { values["UnitFileState"]?.hasPrefix("enabled") == true }
    /// How often systemd started it again since it was started by hand.
    var restarts: Int { values["NRestarts"].flatMap { Int($0) } ?? 0 }

    /// How it ended, in systemd's words.
    var ending: String {
        let status = values["ExecMainStatus"] ?? ""
        // CLD_KILLED and CLD_DUMPED (waitid(2)).
        let how = ["2", "3"].contains(values["ExecMainCode"]) ? "signal" : "exit"
        return "it ended (\(values["Result"] ?? "unknown"), \(how) \(status))"
    }
}

extension RunningDaemon {
    /// `restarts`: how often systemd had started it again when it was found to run.
    static func unit(
        _ unit: String, _ inputs: String, restarts: Int, _ systemd: Systemd
    ) -> RunningDaemon {
        RunningDaemon(inputs: inputs, label: unit) {
            let state = try await UnitState.of(unit, systemd)
            return state.isRunning && state.restarts == restarts ? nil : state.ending
        }
    }
}
