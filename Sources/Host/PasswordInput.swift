internal import Glibc

/// Reads a password: from a terminal without showing it, else the first line of standard input.
/// Never from an argument, which every process of the machine can read.
public enum PasswordInput {
    /// Bytes of a line; more is an error.
    static let maximumBytes = 4096

    /// `isNew`: asks a terminal twice.
    public static func read(prompt: String, isNew: Bool) throws(PasswordInputError) -> String {
        guard isatty(STDIN_FILENO) == 1 else {
            guard let line = readLine() else { throw PasswordInputError(.nothing) }
            return try checked(line)
        }
        let first = try ask(prompt)
        if isNew, try ask("\(prompt), again") != first { throw PasswordInputError(.different) }
        return first
    }

    private static func ask(_ prompt: String) throws(PasswordInputError) -> String {
        say("\(prompt): ")
        var before = termios()
        guard tcgetattr(STDIN_FILENO, &before) == 0 else { throw PasswordInputError(.nothing) }
        var silent = before
        silent.c_lflag &= ~tcflag_t(ECHO)
        guard tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent) == 0 else {
            throw PasswordInputError(.nothing)
        }
        let line = readLine()
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &before)
        say("\n")
        guard let line else { throw PasswordInputError(.nothing) }
        return try checked(line)
    }

    /// Past standard output, which may be a file.
    private static func say(_ text: String) {
        let bytes = Array(text.utf8)
        _ = write(STDERR_FILENO, bytes, bytes.count)
    }

    private static func checked(_ line: String) throws(PasswordInputError) -> String {
        guard line.utf8.count <= maximumBytes, !line.isEmpty else {
            throw PasswordInputError(.nothing)
        }
        return line
    }
}

/// Why there is no password.
public struct PasswordInputError: Error, Sendable, CustomStringConvertible {
    enum Kind: Sendable { case nothing, different }

    let kind: Kind

    init(_ kind: Kind) { self.kind = kind }

    public var description: String {
        switch kind {
        case .nothing: "no password came on standard input"
        case .different: "the two passwords are not the same"
        }
    }
}
