internal import Host

/// What `repomd.xml` is signed with.
public enum SigningKey: Sendable, Hashable {
    /// An armored secret key in a file, without a passphrase.
    case file(String)
    /// A key of the user's own gpg home: an id, a fingerprint or a name, as `gpg --local-user`
    /// takes it. gpg's agent asks for a passphrase where there is one.
    case user(String)

    /// What a user wrote: a file if there is one of that name.
    public init(_ text: String, absolute: (String) -> String) {
        let path = absolute(text)
        self = Files().exists(path) ? .file(path) : .user(text)
    }
}

/// Signs with gpg. A key from a file is nowhere else: it is imported into a home of its own, which
/// is removed again.
struct MetadataSigner {
    /// Bytes of an armored secret key; more is no key.
    static let maximumKeySize = 1 << 20
    static let deadline = Duration.seconds(60)

    let key: SigningKey
    let runner = ProcessRunner()

    /// An armored detached signature over `bytes`.
    func sign(_ bytes: [UInt8]) async throws -> [UInt8] {
        switch key {
        case .file(let path): try await sign(bytes, file: path)
        case .user(let name):
            // No '--no-tty': an agent may have to ask for the passphrase.
            try await detach(["--batch", "--quiet", "--local-user", name], bytes)
        }
    }

    private func sign(_ bytes: [UInt8], file: String) async throws -> [UInt8] {
        let key = try Files().read(file, limit: Self.maximumKeySize)
        let home = try makeHome()
        do {
            let options = ["--homedir", home, "--batch", "--quiet", "--no-tty"]
            try await gpg(options + ["--import"], input: key)
            let signature = try await detach(options + ["--pinentry-mode", "loopback"], bytes)
            await remove(home)
            return signature
        } catch {
            await remove(home)
            throw error
        }
    }

    private func detach(_ options: [String], _ bytes: [UInt8]) async throws -> [UInt8] {
        let signature = try await gpg(options + ["--armor", "--detach-sign"], input: bytes)
        guard !signature.isEmpty else { throw IndexError.signing(reason: "gpg wrote nothing") }
        return signature
    }

    /// In memory where the machine has a folder for that, so that the key reaches no disk. Short,
    /// since gpg's agent makes a socket in it.
    private func makeHome() throws -> String {
        let files = Files()
        let parent = files.isDirectory("/dev/shm") ? "/dev/shm" : "/tmp"
        StaleHomes(parent: parent).remove()
        let home = "\(parent)/\(StaleHomes.prefix)\(UInt64.random(in: .min ... .max))"
        try files.makeDirectory(home, mode: 0o700)
        return home
    }

    private func remove(_ home: String) async {
        // gpg leaves an agent behind for each home; it also ends by itself once that is gone.
        _ = try? await runner.run("gpgconf", ["--homedir", home, "--kill", "gpg-agent"])
        try? Files().removeTree(home)
    }

    @discardableResult
    private func gpg(_ arguments: [String], input: [UInt8]) async throws -> [UInt8] {
        let result: ProcessResult
        do {
            result = try await runner.run(
                "gpg", arguments, input: input, deadline: Self.deadline)
        } catch let error as ProcessError {
            throw IndexError.signing(reason: "\(error); is gpg installed?")
        }
        guard result.succeeded else {
            throw IndexError.signing(reason: "gpg with \(key): \(result.lastWords())")
        }
        return result.output
    }
}

extension SigningKey: CustomStringConvertible {
    public var description: String {
        switch self {
        case .file(let path): "the key of '\(path)'"
        case .user(let name): "the key '\(name)' of this user's gpg home"
        }
    }
}
