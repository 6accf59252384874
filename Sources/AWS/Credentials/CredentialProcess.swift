internal import Host

/// A program that prints credentials (`credential_process`).
///
/// AWS SDKs and Tools Reference Guide, "Process credential provider".
struct CredentialProcess: Sendable {
    static let deadline = Duration.seconds(60)
    static let maximumOutput = 1 << 16

    let profile: String
    let command: String
    let environment: [String: String]

    func credentials() async throws -> Credentials {
        let words = try split()
        let result: ProcessResult
        do {
            result = try await ProcessRunner().run(
                words[0], Array(words.dropFirst()), environment: environment,
                deadline: CredentialProcess.deadline, outputLimit: CredentialProcess.maximumOutput)
        } catch let error as ProcessError {
            throw failure(error.reason)
        }
        // What it wrote may hold a secret, and is told to nobody.
        guard result.succeeded else { throw failure("ended with \(result.end)") }
        do {
            let document = try CredentialDocument.read(result.output)
            guard document.Version == 1 else { throw failure("its Version is not 1") }
            return try document.credentials(isTemporary: false)
        } catch let error as CredentialDocument.Unreadable {
            throw failure("what it printed is unreadable: \(error.reason)")
        }
    }

    private func failure(_ reason: String) -> ProfileError {
        // Arguments may hold a secret too.
        let program = command.split(separator: " ").first ?? ""
        return ProfileError(profile: profile, reason: "credential_process '\(program)' \(reason)")
    }

    /// Words as a POSIX shell splits them, without running one: blanks separate, quotes and the
    /// backslash keep.
    func split() throws(ProfileError) -> [String] {
        var words: [String] = []
        var word: String?
        var quote: Character?
        var isEscaped = false
        for character in command {
            if isEscaped {
                // Inside double quotes the backslash is kept before what needs none.
                if quote == "\"", !"\"\\$`".contains(character) { word = (word ?? "") + "\\" }
                word = (word ?? "") + String(character)
                isEscaped = false
            } else if character == "\\", quote != "'" {
                isEscaped = true
            } else if let open = quote {
                if character == open {
                    quote = nil
                } else {
                    word = (word ?? "") + String(character)
                }
            } else if character == "'" || character == "\"" {
                quote = character
                word = word ?? ""
            } else if character.isWhitespace {
                if let done = word { words.append(done) }
                word = nil
            } else {
                word = (word ?? "") + String(character)
            }
        }
        if let word { words.append(word) }
        guard quote == nil, !isEscaped, !words.isEmpty else {
            throw failure("is no command: a quote is not closed, or nothing is there")
        }
        return words
    }
}
