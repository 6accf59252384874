internal import Host

/// The kernel's name for this start of the machine (random(4)); empty where it does not say.
public func currentBoot() -> String {
    let path = "/proc/sys/kernel/random/boot_id"
    guard let text = try? Files(root: "/").textIfPresent(path, limit: 1 << 10) else { return "" }
    return String(text.trimmedBlanks)
}
