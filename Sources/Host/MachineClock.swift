internal import CLinux
internal import Glibc

/// The kernel's time since the machine's start, sleep included (clock_gettime(2), CLOCK_BOOTTIME).
/// It is the same for every process, and lxcfs does not change it as it does `/proc/uptime`.
public enum MachineClock {
    public static func sinceStart() -> Duration {
        var time = timespec()
        clock_gettime(CLOCK_BOOTTIME, &time)
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }
}
