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
    /// Long enough for somebody who is asked for a passphrase.
    static let deadline = Duration.seconds(180)

    let key: SigningKey
    let runner = ProcessRunner()

    /// An armored detached signature over `bytes`.
    func sign(_ bytes: [UInt8]) async throws -> [UInt8] {
        try await withHome { home in
            // A file, since a gpg that ends before it reads its input would end the writer too.
            let content = home + "/repomd.xml"
            try Files().write(bytes, to: content)
            let choice = try await options(home) + signing
            let signature = try await gpg(
                choice + ["--armor", "--output", "-", "--detach-sign", content])
            guard !signature.isEmpty else { throw IndexError.signing(reason: "gpg wrote nothing") }
            return signature
        }
    }

    /// Whether this key made a signature over `bytes`. One of another key, or none that gpg can
    /// read, is to be replaced.
    func hasSigned(_ bytes: [UInt8], _ signature: [UInt8]) async throws -> Bool {
        try await withHome { home in
            let (content, detached) = (home + "/repomd.xml", home + "/repomd.xml.asc")
            try Files().write(bytes, to: content)
            try Files().write(signature, to: detached)
            let options = try await options(home)
            let name = if case .user(let name) = key { [name] } else { [String]() }
            let own = try await gpg(options + ["--with-colons", "--list-secret-keys"] + name)
            let result = try await runner.run(
                "gpg", options + ["--status-fd", "1", "--verify", detached, content],
                deadline: Self.deadline)
            let fingerprints = lines(own).filter { $0.hasPrefix("fpr:") }.flatMap {
                $0.split(separator: ":").suffix(1)
            }
            // Its last words are the fingerprints of the key and of its primary key.
            let valid = lines(result.output).first { $0.contains(" VALIDSIG ") } ?? ""
            return result.succeeded && fingerprints.contains { valid.contains($0) }
        }
    }

    private func lines(_ output: [UInt8]) -> [Substring] {
        String(decoding: output, as: UTF8.self).split(separator: "\n")
    }

    private func withHome<Result>(_ body: (String) async throws -> Result) async throws -> Result {
        let home = try makeHome()
        do {
            let result = try await body(home)
            await remove(home)
            return result
        } catch {
            await remove(home)
            throw error
        }
    }

    private var signing: [String] {
        switch key {
        case .file: ["--pinentry-mode", "loopback"]
        case .user(let name): ["--local-user", name]
        }
    }

    /// What makes gpg look where the key is.
    private func options(_ home: String) async throws -> [String] {
        switch key {
        case .file(let path):
            let options = ["--homedir", home, "--batch", "--quiet", "--no-tty"]
            try await gpg(options + ["--import", path])
            return options
        case .user:
            // No '--no-tty': an agent may have to ask for the passphrase.
            return ["--batch", "--quiet"]
        }
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
    private func gpg(_ arguments: [String]) async throws -> [UInt8] {
        let result: ProcessResult
        do {
            result = try await runner.run("gpg", arguments, deadline: Self.deadline)
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
