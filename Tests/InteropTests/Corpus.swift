import FoundationEssentials
import Support

/// Packages with everything that metadata can say, built by rpmbuild.
struct Corpus {
    let directory: String

    init(in directory: String) async throws {
        self.directory = directory
        try await build(Self.relations)
        try await build(Self.files)
        try await build(Self.texts)
        try await build(Self.native, into: "arch/x86_64", source: true)
        for version in ["1.0~rc1", "1.0^git5", "2.0+really1.9"] {
            let builder = RPMBuilder(directory: directory + "/versions")
            try await builder.build(.init("versions", version: version, release: "1.el9"))
        }
        // The same base name in two directories: then the directory decides the order.
        for folder in ["b/c", "a"] {
            try await RPMBuilder(directory: "\(directory)/\(folder)").build(.init("twice"))
        }
        let last = try await RPMBuilder(directory: directory).build(
            .init("c++-lib", epoch: 4_000_000_000))
        try await build(Self.rare)
        try await build(Self.empty)
        for arch in ["aarch64", "i686"] {
            try await build(Self.foreign(arch), into: "arch/\(arch)", arch: arch)
        }
        try FileManager.default.copyItem(atPath: last, toPath: "\(directory)/\(Self.oddName)")
    }

    /// Packages in it.
    static let count = 17

    private func build(
        _ spec: String, into folder: String = "", arch: String = "x86_64", source: Bool = false
    ) async throws {
        let place = folder.isEmpty ? directory : "\(directory)/\(folder)"
        try await RPMBuilder(directory: place).build(spec: spec, arch: arch, source: source)
    }

    static let relations = """
        Name: relations
        Epoch: 2
        Version: 1.2
        Release: 3
        Summary: Every kind of relation
        License: MIT AND Apache-2.0
        URL: https://example.com/?a=1&b=2
        Vendor: Howdah <test@example.com>
        Packager: A "packager" & others
        Group: Applications/Test
        BuildArch: noarch
        AutoReqProv: no
        Provides: thing = 3:4.5-6, thing = 3:4.5-6, virtual, own-thing = 1
        Provides: odd(<name>) = 1, versioned < 5
        Requires: plain, plain, plain >= 1.0, plain >= 1.0, plain
        Requires: own-thing = 1, own-thing >= 1
        Requires: /usr/bin/own-tool, /usr/share/relations/data, /usr/bin/other-tool
        Requires: libc.so.6(GLIBC_2.4)(64bit), libc.so.6()(64bit), libc.so.6(GLIBC_2.34)(64bit)
        Requires: libc.so.6(GLIBC_2.3.4)(64bit)
        Requires: epochal = 2:1.0-1, loose > 1, tight < 2
        Requires(pre): shadow-utils
        Requires(post): after-tool >= 3
        Requires(preun): before-removal
        Requires: (alpha if beta), (gamma >= 1 or delta)
        Conflicts: enemy < 9, enemy < 9
        Obsoletes: ancient <= 1.0-2
        Suggests: maybe
        Enhances: other-product
        Recommends: good-to-have >= 1
        Supplements: (core and langpack)
        %description
        Has <every> kind & "relation".
        %install
        mkdir -p %{buildroot}/usr/bin %{buildroot}/usr/share/relations
        touch %{buildroot}/usr/bin/own-tool %{buildroot}/usr/share/relations/data
        %pre -p <lua>
        print("")
        %post -p <lua>
        print("")
        %files
        /usr/bin/own-tool
        /usr/share/relations/data

        """

    static let files = """
        Name: files
        Version: 1
        Release: 1
        Summary: Every kind of file
        License: MIT
        BuildArch: noarch
        AutoReqProv: no
        %description
        Files.
        %install
        mkdir -p "%{buildroot}/etc/files.d" "%{buildroot}/opt/a dir/bin" %{buildroot}/usr/lib
        mkdir -p "%{buildroot}/var/lib/files/ghosts" %{buildroot}/usr/share/doc/files
        touch %{buildroot}/etc/files.conf "%{buildroot}/opt/a dir/bin/run & <go>"
        touch "%{buildroot}/opt/a dir/ümläut-文書" %{buildroot}/usr/lib/sendmail
        touch "%{buildroot}/opt/a dir/50%+x~y^z=" %{buildroot}/var/lib/files/state
        touch %{buildroot}/usr/share/doc/files/README
        ln -s ../etc/files.conf %{buildroot}/opt/link
        %files
        %config(noreplace) /etc/files.conf
        %dir /etc/files.d
        "/opt/a dir"
        /opt/link
        /usr/lib/sendmail
        %ghost /var/lib/files/state
        %ghost %dir /var/lib/files/ghosts
        %doc /usr/share/doc/files/README

        """

    static let texts = """
        Name: texts
        Version: 0.0.1
        Release: 1
        Summary: Grüße, 世界 & <friends> "quoted" 'single'
        License: MIT
        BuildArch: noarch
        AutoReqProv: no
        %description
        First line with trailing blanks:
        \ttab, <tag>, &amp; an entity that is none.

        Last line: ñ, 🐘.
        %files
        %changelog
        \(changelog)
        """

    /// Fifteen entries, some of one day; more than the ten that are kept.
    static let changelog = (1...15).reversed().map { day in
        let shown = day > 12 ? 12 : day
        return """
            * \(weekday(shown)) Jan \(shown) 2024 Jürgen "J" <j@example.com> - 1.\(day)
            - change <\(day)> & more
            """
    }.joined(separator: "\n\n")

    private static func weekday(_ day: Int) -> String {
        ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"][day % 7]
    }

    static let native = """
        Name: native
        Version: 3.1
        Release: 4
        Summary: A package of one architecture, with its source
        License: MIT
        BuildRequires: something >= 2
        AutoReqProv: no
        Provides: libnative.so.1()(64bit)
        %description
        Native.
        %package devel
        Summary: More of it
        Requires: native = 3.1-4
        %description devel
        Devel.
        %install
        mkdir -p %{buildroot}/usr/lib64 %{buildroot}/usr/include
        head -c 100000 /dev/zero > %{buildroot}/usr/lib64/libnative.so.1
        touch %{buildroot}/usr/include/native.h
        %files
        /usr/lib64/libnative.so.1
        %files devel
        /usr/include/native.h
        %transfiletriggerin -p <lua> -- /usr/lib64
        print("")

        """
}
