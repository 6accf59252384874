internal import Glibc

enum AbsolutePath {
    /// The path without links and dots, or as it is where it does not exist.
    static func of(_ path: String) -> String {
        guard let real = realpath(path, nil) else { return path }
        defer { free(real) }
        return String(cString: real)
    }
}
