internal import CRPM
internal import Synchronization

/// Whether librpm has each file on the disk before the file gets its name, and before the database
/// has its package (`_flush_io`, in fsmClose of rpm's lib/fsm.c). It takes as long as all the rest
/// of a transaction.
enum FileFlushing {
    private static let decided = Mutex<Bool?>(nil)

    /// Returns what librpm will do. It looks once in a process, at its first file: what the first
    /// transaction wants holds for all.
    static func begin(_ wanted: Bool) -> Bool {
        decided.withLock { decided in
            if let decided { return decided }
            decided = wanted
            rpmPushMacro(nil, "_flush_io", nil, wanted ? "1" : "0", RMIL_CMDLINE)
            return wanted
        }
    }
}
