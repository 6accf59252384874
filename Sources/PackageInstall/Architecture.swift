internal import Glibc

/// The machine's architecture (`uname -m`).
public func currentArchitecture() -> String {
    var name = utsname()
    guard uname(&name) == 0 else { return "noarch" }
    return withUnsafeBytes(of: &name.machine) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
}
