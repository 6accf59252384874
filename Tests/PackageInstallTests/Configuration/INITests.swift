import Testing

@testable import PackageInstall

/// `.repo` files, as libdnf's IniParser reads them.
struct INITests {
    @Test(
        arguments: [
            ("[a]\nk=v\n", ["a": ["k": "v"]]),
            ("# c\n; c\n\n[a] # c\n k = v \n", nil),
            ("[a]\nk = v w \t\n", ["a": ["k": "v w"]]),
            ("[a]\nk=1\n  2\n\t3\n", ["a": ["k": "1\n2\n3"]]),
            ("[a]\nk=1\n \n 2\n", ["a": ["k": "1\n\n2"]]),
            ("[a]\nk=1\n# c\n 2\n", nil),
            ("[a]\nk=1\n\n 2\n", nil),
            ("[a]\nk=1\n[b]\nk=2\n[a]\nk=3\n", ["a": ["k": "3"], "b": ["k": "2"]]),
            ("[a]\nk=x ; y # z\n", ["a": ["k": "x ; y # z"]]),
            ("[a]\nk=\n", ["a": ["k": ""]]),
            ("[a]\r\nk=v\r\n", ["a": ["k": "v"]]),
            ("k=1\n[a]\n", nil), ("[a\n", nil), ("[]\n", nil), ("[a] x\n", nil),
            ("[a]\nnothing\n", nil), ("[a]\n=1\n", nil), ("", [:]),
        ] as [(String, [String: [String: String]]?)])
    func `a file is read as libdnf does`(_ text: String, _ expected: [String: [String: String]]?) {
        let found = (try? INIDocument(text)).map { document in
            Dictionary(
                uniqueKeysWithValues: document.sections.map { section in
                    let values = section.values.map { ($0.key, $0.text) }
                    return (section.name, Dictionary(values) { $1 })
                })
        }
        #expect(found == expected)
    }

    @Test func `what is wrong is told with its line`() {
        let error = #expect(throws: INIError.self) { try INIDocument("[a]\nk=1\n\n x\n") }
        #expect(
            error.map(String.init(describing:))
                == "line 4: it is indented, and there is nothing that it continues")
    }
}

struct DNFValueTests {
    @Test(
        arguments: [
            ("1", true), ("Yes", true), ("ON", true), ("true", true), ("0", false), ("no", false),
            ("off", false), ("False", false), ("maybe", nil), ("", nil),
        ] as [(String, Bool?)])
    func `a switch has eight words`(_ text: String, _ expected: Bool?) {
        #expect(DNFValue.boolean(text) == expected)
    }

    @Test(
        arguments: [
            ("90", .after(seconds: 90)), ("90s", .after(seconds: 90)), ("2m", .after(seconds: 120)),
            ("48h", .after(seconds: 172_800)), ("1D", .after(seconds: 86400)),
            ("1.5h", .after(seconds: 5400)), ("never", .never), ("-1", .never), ("1w", nil),
            ("NEVER", nil), ("-2", nil), ("", nil), ("h", nil),
        ] as [(String, MetadataExpiry?)])
    func `a time has units`(_ text: String, _ expected: MetadataExpiry?) {
        #expect(DNFValue.expiry(text) == expected)
    }

    @Test func `an index is too old from its expiry on, and never without one`() {
        #expect(!MetadataExpiry.after(seconds: 10).isOver(ageSeconds: 9))
        #expect(MetadataExpiry.after(seconds: 10).isOver(ageSeconds: 10))
        // Of a clock that went back nothing can be said.
        #expect(MetadataExpiry.after(seconds: 10).isOver(ageSeconds: -1))
        #expect(!MetadataExpiry.never.isOver(ageSeconds: 1 << 40))
        #expect(MetadataExpiry.always.isOver(ageSeconds: 0))
    }

    @Test(arguments: [
        ("$basearch", "x86_64"), ("${basearch}", "x86_64"), ("a$basearch-b", "ax86_64-b"),
        ("$basearch_x", "$basearch_x"), ("${basearch", "${basearch"), ("$$basearch", "$x86_64"),
        ("$", "$"), ("${}", "${}"), ("$no$basearch", "$nox86_64"), ("x", "x"),
    ])
    func `a variable is replaced where it has a value`(_ text: String, _ expected: String) {
        #expect(DNFVariables(["basearch": "x86_64"]).substitute(text) == expected)
    }

    @Test func `the environment's variables are dnf's`() {
        let found = DNFVariables.ofEnvironment([
            "DNF0": "a", "DNF10": "b", "DNF_VAR_stage": "c", "DNFX": "d", "PATH": "e",
        ])
        #expect(found == ["DNF0": "a", "stage": "c"])
    }

    @Test(
        arguments: [
            ("https://acme.s3.amazonaws.com/el9/x86_64", "s3://acme/el9/x86_64"),
            ("http://acme.s3.eu-west-1.amazonaws.com/el9/", "s3://acme/el9/"),
            ("https://acme.s3-eu-west-1.amazonaws.com/el9", "s3://acme/el9"),
            ("https://s3.amazonaws.com/acme/el9", "s3://acme/el9"),
            ("https://s3-us-west-2.amazonaws.com/acme/", "s3://acme/"),
            ("https://s3.dualstack.us-west-2.amazonaws.com/acme/p", "s3://acme/p"),
            ("https://my.rpms.s3.cn-north-1.amazonaws.com.cn/p", "s3://my.rpms/p"),
            ("https://s3-rpms.s3.amazonaws.com/p", "s3://s3-rpms/p"),
            ("https://example.com/p", nil), ("https://ec2.amazonaws.com/p", nil),
            ("https://s3.amazonaws.com/", nil),
        ] as [(String, String?)])
    func `S3's own web addresses name a bucket`(_ url: String, _ expected: String?) {
        #expect(S3URL.location(ofWeb: url) == expected)
    }

    @Test func `a list of mirrors has its comments taken out`() {
        let text = "# mirrors\nhttps://a/el9/\n\n  http://b/el9\r\nnonsense\n"
        #expect(MirrorList.urls(text) == ["https://a/el9/", "http://b/el9"])
    }
}
