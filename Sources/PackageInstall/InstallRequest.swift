public import Solver

/// What to do with packages.
public struct InstallRequest: Sendable, Hashable {
    public typealias Action = SolverInput.Action

    public var action: Action
    /// `NAME`, `NAME-VERSION`, `NAME-VERSION-RELEASE`, `NAME.ARCH`, a capability or a file's path;
    /// with `*`, `?` or `[…]` all that it fits.
    public var names: [String]
    /// Capabilities that the system provides although no RPM package does (`/bin/sh`), besides
    /// those that ``AssumedCapabilities`` finds.
    public var assumed: [String]
    /// What holds for all packages: excludes, version locks and the like.
    public var policy = SolverPolicy()
    /// Whether to stop after resolving: nothing is fetched but metadata, nothing is changed.
    public var isDryRun: Bool
    /// Whether to stop before the transaction: packages are fetched and verified.
    public var isDownload = false

    public init(
        _ action: Action, names: [String], assumed: [String] = [], isDryRun: Bool = false
    ) {
        self.action = action
        self.names = names
        self.assumed = assumed
        self.isDryRun = isDryRun
    }

    /// - Parameter upgrades: whether named packages that are installed are brought to the newest
    ///   version. Otherwise what is installed stays as it is, unless a version is named or a
    ///   dependency asks for more.
    public init(
        names: [String], assumed: [String] = [], upgrades: Bool = false, isDryRun: Bool = false
    ) {
        self.init(.install(newest: upgrades), names: names, assumed: assumed, isDryRun: isDryRun)
    }

    /// As a person would write it.
    var words: String {
        switch action {
        case .install(let newest):
            (["install"] + (newest ? ["--upgrade"] : []) + names).joined(separator: " ")
        case .upgrade: (["upgrade"] + names).joined(separator: " ")
        case .remove(let dependents):
            (["remove"] + (dependents ? ["--dependents"] : []) + names).joined(separator: " ")
        }
    }

    /// Whether the repositories have a say in it.
    public var takesRepositories: Bool {
        if case .remove = action { return false }
        return true
    }
}
