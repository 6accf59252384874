internal import Host

/// Signs with gpg and a key that is nowhere else: it is imported into a home of its own, which is
/// removed again.
struct MetadataSigner {
    /// Bytes of an armored secret key; more is no key.
    static let maximumKeySize = 1 << 20
    static let deadline = Duration.seconds(60)

    /// Path of the armored secret key.
    let keyFile: String
    let runner = ProcessRunner()

    /// An armored detached signature over `bytes`.
    func sign(_ bytes: [UInt8]) async throws -> [UInt8] {
        let key = try Files().read(keyFile, limit: Self.maximumKeySize)
        let home = try makeHome()
        do {
            let signature = try await sign(bytes, key, home)
            await remove(home)
            return signature
        } catch {
            await remove(home)
            throw error
        }
    }

    private func sign(_ bytes: [UInt8], _ key: [UInt8], _ home: String) async throws -> [UInt8] {
        try await gpg(home, ["--import"], input: key)
        let signature = try await gpg(
            home, ["--pinentry-mode", "loopback", "--armor", "--detach-sign"], input: bytes)
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
    private func gpg(
        _ home: String, _ arguments: [String], input: [UInt8]
    ) async throws -> [UInt8] {
        let options = ["--homedir", home, "--batch", "--quiet", "--no-tty"]
        let result: ProcessResult
        do {
            result = try await runner.run(
                "gpg", options + arguments, input: input, deadline: Self.deadline)
        } catch let error as ProcessError {
            throw IndexError.signing(reason: "\(error); is gpg installed?")
        }
        guard result.succeeded else {
            throw IndexError.signing(
                reason: "gpg with the key of '\(keyFile)': \(result.lastWords())")
        }
        return result.output
    }
}
