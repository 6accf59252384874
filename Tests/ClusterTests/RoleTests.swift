import Cluster
import Testing

@Suite struct RoleTests {
    private let stack: Stack

    init() throws {
        let text = """
            stack: 1
            name: s
            master: master
            iam_roles: { "emr-*-core": slave }
            roles: { master: {}, slave: {}, edge-master: {} }
            """
        stack = try Stack.parse(Array(text.utf8), file: "s.yaml")
    }

    @Test func `one source is enough`() throws {
        for source in [RoleClaim.Source.baked, .userData, .tag] {
            #expect(try stack.resolveRole([RoleClaim(source, "slave")]) == "slave")
        }
    }

    @Test func `sources that agree are one`() throws {
        let claims = [
            RoleClaim(.userData, "master"), RoleClaim(.tag, "master"),
            RoleClaim(.iamRole, "howdah-master"),
        ]
        #expect(try stack.resolveRole(claims) == "master")
    }

    @Test func `two that disagree are an error that shows both`() {
        let tag = RoleClaim(.tag, "master")
        let iam = RoleClaim(.iamRole, "howdah-slave")
        let error = #expect(throws: RoleError.disagreement(tag, iam)) {
            try stack.resolveRole([tag, iam])
        }
        #expect(
            error?.description == "role unclear: the instance tag 'howdah:role' says 'master', "
                + "but the IAM role says 'howdah-slave'; make them agree or remove one")
    }

    @Test(arguments: [
        ("howdah-master", "master"), ("slave", "slave"), ("emr-7-core", "slave"),
        ("my-edge-master", "edge-master"), ("howdahmaster", nil), ("slave-2", nil), ("", nil),
    ])
    func `an IAM role's name stands for a role by its end or by a rule`(
        name: String, role: String?
    ) {
        #expect(stack.role(forIAMRole: name) == role)
    }

    @Test func `an IAM role of another name says nothing`() throws {
        let other = RoleClaim(.iamRole, "Admin")
        #expect(try stack.resolveRole([RoleClaim(.tag, "slave"), other]) == "slave")
        #expect(throws: RoleError.none(iamRole: "Admin", hasTags: true)) {
            try stack.resolveRole([other])
        }
    }

    @Test func `a role that the stack has not is refused`() {
        let claim = RoleClaim(.tag, "worker")
        let error = #expect(throws: RoleError.self) { try stack.resolveRole([claim]) }
        #expect(
            error?.description == "unknown role: the instance tag 'howdah:role' says 'worker', "
                + "the stack has edge-master, master, slave")
    }
}
