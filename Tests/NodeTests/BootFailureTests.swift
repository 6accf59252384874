import AWS
import Host
import PanelAPI
import PanelClient
import Support
import Testing
import Transfer

@testable import Node

/// What a boot does with what is wrong around it: one clear line, nothing destroyed, and the same
/// command goes on once the fault is gone.
@Suite struct BootFailureTests {
    @Test func `a whole boot with nothing wrong is done, and a second one changes nothing`()
        async throws
    {
        try await BootLab.with { lab in
            let panel = BootLab.panel()
            let world = lab.world(panel: panel)
            try await expectDone(world)
            let first = try lab.daemons()
            #expect(first.count == 1)
            let again = try await Boot(world: world).run()
            #expect(
                again.steps.filter { $0.outcome == .done }.map(\.name).sorted() == [
                    "credentials", "enrol", "facts", "report",
                ])
            #expect(try lab.daemons() == first)
            #expect(await panel.boots.map(\.outcome) == [.done, .done])
        }
    }

    @Test func `sources of the role that disagree are both named, and nothing is begun`()
        async throws
    {
        try await BootLab.with { lab in
            let facts = BootLab.facts(tag: "master")
            let nobody = PanelDouble()
            let state = try await expectFailure(lab.world(facts: facts, panel: nobody), "facts")
            let detail = state.failed[0].detail
            #expect(detail.hasPrefix("role unclear: "))
            #expect(detail.contains("tag") && detail.contains("'master'"))
            #expect(detail.contains("IAM role") && detail.contains("'howdah-slave'"))
            #expect(detail.hasSuffix("; make them agree or remove one"))
            #expect(!lab.paths.files.exists("/srv"))
            try await expectDone(lab.world())
        }
    }

    @Test func `a panel that has another role for the node installs nothing`() async throws {
        try await BootLab.with(packages: ["tiny-tool"]) { lab in
            let enrolment = BootLab.enrolment(role: "master")
            let panel = PanelDouble(answers: .init(enrolments: [.success(enrolment)]))
            let world = lab.world(panel: panel) { world in
                world.packages = { _ in
                    Issue.record("packages were begun")
                    return .done("")
                }
            }
            let state = try await expectFailure(world, "enrol")
            #expect(
                state.failed[0].detail == """
                    role unclear: this node has 'slave', the panel at \(BootLab.panelURL) says \
                    'master'; make the instance's tag, its IAM role, its cluster file and the \
                    panel agree
                    """)
            try await expectDone(lab.world { $0.packages = { _ in .unchanged("there") } })
        }
    }

    @Test func `a panel that nobody reaches ends the boot in time, with its address and remedy`()
        async throws
    {
        try await BootLab.with { lab in
            let transport = LibcurlTransport(TransferClient(), retry: .none)
            let url = "http://127.0.0.1:\(freePorts(1)[0])"
            let panel = PanelClient(url: url, transport: transport) { _ in
                Issue.record("there was a challenge")
                throw PanelError.noIdentity(call: "proof")
            }
            let state = try await expectFailure(lab.world(panel: panel), "enrol")
            let detail = state.failed[0].detail
            #expect(detail.hasPrefix("panel is unreachable at 'POST \(url)/v1/enrolment/chal"))
            #expect(detail.contains("check 'panel' in the cluster file and that howdah-panel runs"))
            #expect(detail.hasSuffix("then run howdah-node boot again (waited 0.05 s)"))
            #expect(lab.logText.contains("enrol: waiting for the panel at \(BootLab.panelURL): "))
            try await expectDone(lab.world())
        }
    }

    @Test func `a panel that comes later is waited for`() async throws {
        try await BootLab.with { lab in
            let away = PanelError.unreachable(call: "POST enrolment", cause: "refused")
            let panel = BootLab.panel(after: [away, away, away])
            try await expectDone(lab.world(panel: panel) { $0.deadlines.panel = .seconds(600) })
            #expect(await panel.enrolmentsAsked == 4)
            let waits = lab.logText.split(separator: "\n").filter { $0.contains("waiting for") }
            #expect(waits.count == 1)
        }
    }

    @Test func `an identity that the panel refuses is not shown again and again`() async throws {
        try await BootLab.with { lab in
            let refusal = PanelError.refused(
                call: "POST /v1/enrolment", status: 403,
                refusal: APIError(
                    error: "identity-refused", message: "STS does not know this identity"))
            let panel = BootLab.panel(after: [refusal])
            let world = lab.world(panel: panel) { $0.deadlines.panel = .seconds(600) }
            let state = try await expectFailure(world, "enrol")
            #expect(
                state.failed[0].detail == """
                    panel refused 'POST /v1/enrolment' with 403 identity-refused: \
                    STS does not know this identity
                    """)
            #expect(await panel.enrolmentsAsked == 1)
            try await expectDone(world)
        }
    }

    @Test(arguments: [(403, "answered with status 403"), (404, "last: status 404")])
    func `credentials that metadata refuses are named with the role and what to do`(
        status: Int, reason: String
    ) async throws {
        let name = "/meta-data/iam/security-credentials/"
        let folder = "/\(MetadataClient.schema)\(name)"
        try await LoopbackServer.with([
            .init("PUT", "/latest/api/token", .init(200, "token")),
            .init("GET", folder, .init(200, "howdah-slave")),
            .init("GET", folder + "howdah-slave", .init(status, "no")),
        ]) { server in
            try await BootLab.with { lab in
                let metadata = MetadataClient(
                    transfer: TransferClient(),
                    environment: ["AWS_EC2_METADATA_SERVICE_ENDPOINT": server.url],
                    patience: .zero)
                let refused = lab.world(panel: PanelDouble()) {
                    $0.credentials = CredentialChain.instanceRole(metadata)
                }
                let detail = try await expectFailure(refused, "credentials").failed[0].detail
                #expect(detail.hasPrefix("no aws credentials: instance metadata: metadata '"))
                #expect(detail.contains("\(server.url)\(name)howdah-slave"))
                #expect(detail.contains(reason))
                #expect(detail.contains("see that the instance profile's role 'howdah-slave' may"))
                try await expectDone(lab.world())
            }
        }
    }
}

/// The boot fails in this one step; what needs it is skipped, and `howdah-node status` says so.
@discardableResult
func expectFailure(
    _ world: NodeWorld, _ step: String, sourceLocation: SourceLocation = #_sourceLocation
) async throws -> BootState {
    let result = try await Boot(world: world).run()
    let store = StateStore(files: world.paths.files)
    let state = try #require(try store.status(ofBoot: try world.bootID()))
    #expect(state == result, sourceLocation: sourceLocation)
    #expect(state.exitCode == 1, sourceLocation: sourceLocation)
    try #require(state.failed.map(\.name) == [step], sourceLocation: sourceLocation)
    let detail = state.failed[0].detail
    #expect(!detail.contains("\n"), sourceLocation: sourceLocation)
    #expect(!detail.contains(BootLab.credentials.secretAccessKey), sourceLocation: sourceLocation)
    #expect(
        state.lines[0].hasPrefix("failed after ") && state.lines[1] == "failed: \(step): \(detail)",
        sourceLocation: sourceLocation)
    if step != "facts" {
        let last = state.steps.first { $0.name == "daemons" }
        #expect(last?.outcome == .skipped, sourceLocation: sourceLocation)
        #expect(last?.detail == "'preparations' was not done", sourceLocation: sourceLocation)
    }
    #expect(!world.paths.files.exists("/srv/marked"), sourceLocation: sourceLocation)
    return state
}

@discardableResult
func expectDone(
    _ world: NodeWorld, sourceLocation: SourceLocation = #_sourceLocation
) async throws -> BootState {
    let state = try await Boot(world: world).run()
    #expect(state.failures == [], sourceLocation: sourceLocation)
    #expect(state.stage == .done && state.exitCode == 0, sourceLocation: sourceLocation)
    #expect(world.paths.files.exists("/srv/marked"), sourceLocation: sourceLocation)
    return state
}
