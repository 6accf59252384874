/// What to install.
public struct InstallRequest: Sendable, Hashable {
    /// `NAME`, `NAME-VERSION`, `NAME-VERSION-RELEASE`, `NAME.ARCH`, a capability or a file's path.
    public var names: [String]
    /// Capabilities that the system provides although no RPM package does (`/bin/sh`), for systems
    /// that are not made of RPM packages.
    public var assumed: [String]
    /// Whether named packages that are installed are brought to the newest version. Otherwise what
    /// is installed stays as it is, unless a version is named or a dependency asks for more.
    public var upgrades: Bool
    /// Whether to stop after resolving: nothing is fetched but metadata, nothing is changed.
    public var isDryRun: Bool

    public init(
        names: [String], assumed: [String] = [], upgrades: Bool = false, isDryRun: Bool = false
    ) {
        self.names = names
        self.assumed = assumed
        self.upgrades = upgrades
        self.isDryRun = isDryRun
    }
}
