internal import Glibc

/// The kernel's host name (sethostname(2)).
enum HostName {
    static func set(_ name: String) throws {
        guard sethostname(name, name.utf8.count) == 0 else {
            throw HostNameError(name: name, code: errno)
        }
    }
}

struct HostNameError: Error, CustomStringConvertible {
    let name: String
    let code: Int32

    var description: String {
        "host name could not be set to '\(name)': \(String(cString: strerror(code)))"
    }
}
