public import Solver

/// What an image's dnf.conf and `.repo` files come to. Does no I/O.
public struct DNFConfiguration: Sendable, Hashable {
    /// A text and where it is from.
    struct File: Sendable, Hashable {
        let path: String
        let text: String
    }

    /// In the order of the files.
    public private(set) var repositories: [Repository] = []
    /// What was left out, and why.
    public private(set) var notes: [String] = []
    /// Why repositories that are enabled cannot be used.
    public private(set) var refusals: [InstallError] = []
    /// `[main]`'s `excludepkgs`, `install_weak_deps` and `installonlypkgs`.
    public private(set) var policy = SolverPolicy()
    /// dnf's `max_parallel_downloads`, in bounds.
    public private(set) var maximumParallel = PackageFetch.maximumParallel

    private let root: String
    private let variables: DNFVariables
    private var main = INIDocument.Section(name: "main")
    private var seen: Set<String> = []

    /// - Parameters:
    ///   - main: dnf.conf or yum.conf, which may have repositories too.
    ///   - root: what the files' paths are below.
    init(main file: File?, files: [File], variables: DNFVariables, root: String) {
        self.root = root
        self.variables = variables
        if let file, let document = read(file) {
            main = document.sections.first { $0.name == "main" } ?? main
            takeMain()
            take(document, file.path)
        }
        for file in files {
            if let document = read(file) { take(document, file.path) }
        }
    }

    private mutating func read(_ file: File) -> INIDocument? {
        do {
            return try INIDocument(file.text)
        } catch {
            notes.append("'\(file.path)' is left out: \(error)")
            return nil
        }
    }

    private mutating func takeMain() {
        let values = ["excludepkgs", "exclude"].compactMap { main[$0] }
        policy.excludes = values.flatMap { DNFValue.list(variables.substitute($0)) }
        policy.takesRecommended =
            main["install_weak_deps"].flatMap(DNFValue.boolean) ?? policy.takesRecommended
        policy.multiversion += DNFValue.list(main["installonlypkgs"] ?? "")
        if let text = main["max_parallel_downloads"], let number = Int(text) {
            maximumParallel = min(max(number, 1), PackageFetch.mostParallel)
        }
    }

    private mutating func take(_ document: INIDocument, _ path: String) {
        let surroundings = RepositorySection.Surroundings(
            variables: variables, main: main, root: root)
        for section in document.sections where section.name != "main" {
            var section = RepositorySection(section, surroundings)
            do throws(InstallError) {
                guard let repository = try section.repository() else { continue }
                notes += section.notes
                guard seen.insert(repository.id).inserted else {
                    notes.append(
                        "repository '\(repository.id)' is in '\(path)' once more, and the first "
                            + "one counts")
                    continue
                }
                repositories.append(repository)
            } catch {
                refusals.append(error)
            }
        }
    }
}
