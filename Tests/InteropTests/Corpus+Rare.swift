/// What few packages have.
extension Corpus {
    /// Scriptlets with a shell, triggers of every kind, relations of every operator, text that is
    /// not ASCII wherever it may be.
    static let rare = """
        Name: rare
        Epoch: 0
        Version: 9.8.7^20240102git1234567~pre
        Release: 0.1.rc2%{?dist}
        Summary: Ελληνικά “quotes” — and a dash
        License: GPL-2.0-or-later OR (MIT AND Zlib)
        URL: https://example.com/ü?q="x"&r=<y>
        Vendor: Çelik & Søn
        Packager: 山田太郎 <taro@example.com>
        Group: System/Ünïcode
        BuildArch: noarch
        AutoReqProv: no
        Provides: bundled(größe) = 1:2-3, rare(§) >= 0.9
        Provides: config(rare) = 9.8.7, pkgconfig(rare) = 9.8, libfoo.so.1(FOO_1.0)(64bit)
        Requires(preun): /bin/sh
        Requires(postun): late-tool
        Requires(interp): interpreter
        Requires(verify): verifier
        Requires(meta): meta-only
        Requires: (a and b), (a if b else c), (d with e), (f without g)
        Requires: ((j or k) and (l >= 1.2 or m < 3:4-5))
        Requires: /etc/rare.conf, /usr/sbin/rare-tool, /not/in/primary
        Requires: older < 2, exactly = 2, newest >= 3:1.0~rc1-0.1, never <= 0
        Conflicts: (x unless y), größe
        Obsoletes: former < 9:1, renamed = 0:1-1
        Recommends: (font-a or font-b), more = 1
        Suggests: perhaps > 1-1
        Supplements: (rare and langpacks-de)
        Enhances: something < 2
        OrderWithRequires: ordered
        %description
        Umlaut ä, CJK 漢字, emoji 🐘, a zero-width\u{200b}space and a soft\u{ad}hyphen.
        %install
        mkdir -p %{buildroot}/etc/rare.d %{buildroot}/usr/sbin %{buildroot}/usr/share/rare
        touch %{buildroot}/etc/rare.conf %{buildroot}/usr/sbin/rare-tool
        touch "%{buildroot}/usr/share/rare/two  blanks" "%{buildroot}/usr/share/rare/quote's"
        touch "%{buildroot}/usr/share/rare/漢字 & <tag>" %{buildroot}/usr/share/rare/LICENSE
        ln -s nowhere %{buildroot}/usr/share/rare/dangling
        %pre
        exit 0
        %post
        exit 0
        %preun
        exit 0
        %postun
        exit 0
        %triggerin -p <lua> -- other > 1
        print("")
        %triggerun -p <lua> -- another
        print("")
        %filetriggerin -p <lua> -- /usr/lib /usr/share/rare
        print("")
        %filetriggerun -p <lua> -- /usr/lib
        print("")
        %filetriggerpostun -p <lua> -- /usr/lib
        print("")
        %transfiletriggerpostun -p <lua> -- /usr/lib64
        print("")
        %files
        %config(missingok) /etc/rare.conf
        %ghost %config /etc/rare.state
        %ghost %dir /etc/rare.ghosts
        %ghost /usr/bin/ghost-tool
        %attr(4755, root, root) /usr/sbin/rare-tool
        %dir /usr/share/rare
        "/usr/share/rare/two  blanks"
        "/usr/share/rare/quote's"
        "/usr/share/rare/漢字 & <tag>"
        /usr/share/rare/dangling
        %license /usr/share/rare/LICENSE
        %changelog
        \(longChangelog)
        """

    /// Far more entries than are kept, the newest with several lines.
    private static let longChangelog = (1...200).reversed().map { number in
        let year = 1990 + number / 10
        return """
            * Mon Jan 01 \(year) Zoë Ångström <zoe\(number)@example.com> - 1.\(number)-1
            - Change \(number): <b> & "c"
            - Second line, with a tab\tand 漢字
            """
    }.joined(separator: "\n\n")

    /// For another machine than this one.
    static func foreign(_ arch: String) -> String {
        """
        Name: foreign
        Version: 1
        Release: 1
        Summary: For \(arch)
        License: MIT
        AutoReqProv: no
        %description
        For \(arch).
        %install
        mkdir -p %{buildroot}/usr/bin
        echo \(arch) > %{buildroot}/usr/bin/foreign
        %files
        /usr/bin/foreign

        """
    }

    /// A package of nothing.
    static let empty = """
        Name: empty
        Version: 1
        Release: 1
        Summary: .
        License: MIT
        BuildArch: noarch
        AutoReqProv: no
        %description
        %files

        """

    /// As a file may be called, though rpmbuild calls none so.
    static let oddName = "odd name +1.0~2^3%20&'ü'.rpm"
}
