internal import CLinux
internal import Glibc
internal import Host

/// Makes an instance's own hosts file the one that its programs read.
enum HostsLink {
    static let target = "/etc/hosts"

    /// How an instance's own hosts file begins. On the loopback its programs have the machine's
    /// name, and Java, told to read this file alone, must find it there.
    static func firstLine(_ isolation: Isolation, machine: String) -> String {
        let isNeeded = isolation == .loopback && machine != "localhost"
        return "127.0.0.1 localhost" + (isNeeded ? " \(machine)\n" : "\n")
    }

    /// gethostname(2); at most 64 bytes on Linux.
    static func machineName() -> String {
        var name = [CChar](repeating: 0, count: 65)
        guard gethostname(&name, name.count - 1) == 0 else { return "localhost" }
        return String(decoding: name.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    /// Binds a symbolic link over /etc/hosts, in our mount namespace alone. A bind of the file
    /// itself would keep showing the old file after an atomic replace; through the link every open
    /// finds the file that has the name then.
    static func bind(root: String, scratch: String) throws {
        let link = scratch + "/hosts-link"
        unlink(link)
        guard symlink(root + target, link) == 0 else {
            throw LabError("cannot link '\(link)': error \(errno)")
        }
        let descriptor = howdah_open(link, HOWDAH_O_PATH | O_NOFOLLOW | O_CLOEXEC, 0)
        guard descriptor >= 0 else { throw LabError("cannot open '\(link)': error \(errno)") }
        defer { close(descriptor) }
        let source = "/proc/self/fd/\(descriptor)"
        guard mount(source, target, nil, UInt(MS_BIND), nil) == 0 else {
            throw LabError("cannot bind '\(link)' over '\(target)': error \(errno)")
        }
    }
}
