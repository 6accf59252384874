internal import FoundationEssentials

/// Builds small RPM packages with rpmbuild. Nothing in them needs /bin/sh, so that they install
/// into an empty root.
public struct RPMBuilder: Sendable {
    /// What goes into a simple package; for more, write the spec yourself.
    public struct Package: Sendable {
        public var name: String
        public var version: String
        public var release: String
        public var epoch: Int?
        /// `noarch` or `x86_64`.
        public var arch: String
        public var requires: [String]
        public var provides: [String]
        /// Paths in the package, with their contents.
        public var files: [String: String]
        /// Those of them that the user may change: `%config(noreplace)`.
        public var configuration: Set<String> = []
        /// Lines of the preamble, as `Recommends: x`.
        public var preamble: [String]
        /// Whole sections after %files, such as scriptlets and %changelog.
        public var sections: String

        public init(
            _ name: String, version: String = "1.0", release: String = "1", epoch: Int? = nil,
            arch: String = "noarch", requires: [String] = [], provides: [String] = [],
            files: [String: String] = [:], preamble: [String] = [], sections: String = ""
        ) {
            self.name = name
            self.version = version
            self.release = release
            self.epoch = epoch
            self.arch = arch
            self.requires = requires
            self.provides = provides
            self.files = files
            self.preamble = preamble
            self.sections = sections
        }

        /// The spec file. A package without files gets one that names it, since a package of
        /// nothing proves nothing when it is installed.
        public var spec: String {
            let files =
                files.isEmpty ? ["/usr/share/\(name)/version": "\(version)\n"] : files
            var lines = [
                "Name: \(name)", "Version: \(version)", "Release: \(release)",
                "Summary: Test package \(name)", "License: Apache-2.0", "AutoReqProv: no",
            ]
            if let epoch { lines.append("Epoch: \(epoch)") }
            if arch == "noarch" { lines.append("BuildArch: noarch") }
            lines += requires.map { "Requires: \($0)" } + provides.map { "Provides: \($0)" }
            lines += preamble + ["%description", "The test package \(name).", "%install"]
            for (path, content) in files.sorted(by: { $0.key < $1.key }) {
                let folder = path.split(separator: "/").dropLast().joined(separator: "/")
                lines.append("mkdir -p '%{buildroot}/\(folder)'")
                lines.append("cat > '%{buildroot}\(path)' <<'HOWDAH-END'")
                lines.append(content + (content.hasSuffix("\n") ? "HOWDAH-END" : "\nHOWDAH-END"))
            }
            lines.append("%files")
            lines += files.keys.sorted().map { path in
                (configuration.contains(path) ? "%config(noreplace) " : "") + "\"\(path)\""
            }
            return (lines + [sections]).joined(separator: "\n") + "\n"
        }
    }

    /// Where packages are put.
    public let directory: String

    public init(directory: String) {
        self.directory = directory
    }

    /// Builds a package and returns its path.
    @discardableResult
    public func build(_ package: Package, signedBy key: TestKey? = nil) async throws -> String {
        let built = try await build(spec: package.spec, arch: package.arch, signedBy: key)
        guard let path = built.first, built.count == 1 else {
            throw Command.Failure(description: "rpmbuild made \(built) for \(package.name)")
        }
        return path
    }

    /// Builds what a spec says (with `source`, the source package too) and returns the paths,
    /// sorted by name.
    @discardableResult
    public func build(
        spec: String, arch: String = "x86_64", source: Bool = false, signedBy key: TestKey? = nil
    ) async throws -> [String] {
        try await withTemporaryDirectory { work in
            let specPath = "\(work)/package.spec"
            try Data(spec.utf8).write(to: URL(filePath: specPath))
            let defines = [
                "_topdir \(work)", "_rpmdir \(work)/OUT", "_srcrpmdir \(work)/OUT",
                "_build_name_fmt %%{NAME}-%%{VERSION}-%%{RELEASE}.%%{ARCH}.rpm",
                "_buildhost builder.example.com", "__os_install_post %{nil}",
                "debug_package %{nil}", "_build_id_links none",
            ]
            // Without --nodeps rpmbuild asks for a database that Debian does not have.
            try await Command.run(
                "rpmbuild",
                [source ? "-ba" : "-bb", "--nodeps", "--quiet", "--target", arch]
                    + defines.flatMap { ["--define", $0] } + [specPath],
                environment: ["HOME": work, "LC_ALL": "C.UTF-8"])
            let files = FileManager.default
            let names = try files.contentsOfDirectory(atPath: "\(work)/OUT").sorted()
            try files.createDirectory(atPath: directory, withIntermediateDirectories: true)
            let built = names.map { "\(directory)/\($0)" }
            for (name, path) in zip(names, built) {
                try? files.removeItem(atPath: path)
                try files.copyItem(atPath: "\(work)/OUT/\(name)", toPath: path)
            }
            if let key { try await key.signPackages(built) }
            return built
        }
    }
}
