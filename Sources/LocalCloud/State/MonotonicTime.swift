internal import CLinux
internal import Glibc

enum MonotonicTime {
    /// Seconds since the machine's start (clock_gettime(2), CLOCK_BOOTTIME): the same for every
    /// process, so it may be written down.
    @Sendable static func seconds() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_BOOTTIME, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
