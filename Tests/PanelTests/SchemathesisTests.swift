import Foundation
import HummingbirdTesting
import PanelAPI
import PanelClient
import Support
import Testing
import Transfer

@testable import Panel

/// Calls that schemathesis makes up from the panel's own document, right ones and wrong ones: each
/// is answered, with a status, a type and a shape that the document has.
@Suite(
    .enabled(
        if: PythonEnvironment.program("schemathesis") != nil, "needs scripts/setup's Python"))
struct SchemathesisTests {
    enum Caller: CaseIterable {
        case stranger, node, person
    }

    static let calls = 12
    static let seed = Int.random(in: 1..<100_000)

    @Test(arguments: Caller.allCases)
    func `whatever is called is answered as the document says`(caller: Caller) async throws {
        try await Lab.with { lab in
            lab.launch(1, role: "master")
            var lab = lab
            // It is one address that calls.
            lab.access.enrolmentsPerMinute = 1_000_000
            let panel = try await lab.open()
            let made = lab
            try await panel.application().test(.live) { api in
                try await withThrowingTaskGroup(of: Void.self) { group in
                    // What waits does so by the panel's clock.
                    group.addTask {
                        while true {
                            try await Task.sleep(for: .milliseconds(50))
                            made.time.advance(0.05)
                        }
                    }
                    try await Self.call(caller, made, panel, api)
                    group.cancelAll()
                }
            }
            try panel.database.close()
        }
    }

    private static func call(
        _ caller: Caller, _ lab: Lab, _ panel: Panel, _ api: any TestClientProtocol
    ) async throws {
        let url = "http://127.0.0.1:\(try #require(api.port))"
        let document = "\(lab.directory)/openapi.json"
        try writeFile(document, Array(try Self.document()))
        var arguments = [
            "run", document, "--url", url, "--seed", "\(seed)", "--max-examples", "\(calls)",
            "--phases", "examples,coverage,fuzzing", "--generation-database", "none",
            "--request-timeout", "20", "--workers", "1", "--no-color", "--no-shrink",
            "--checks",
            "not_a_server_error,status_code_conformance,content_type_conformance,"
                + "response_schema_conformance",
        ]
        switch caller {
        case .stranger: break
        case .node:
            let node = PanelClient(
                url: url, transport: LibcurlTransport(TLSTests.transfer([]), retry: .none)
            ) { Lab.request(1, nonce: $0.nonce, bootID: "boot-1") }
            let token = try await node.enrol().token
            arguments += ["--header", "authorization:Bearer \(token)"]
        case .person:
            arguments += ["--header", "authorization:Bearer \(Lab.operatorToken)"]
        }
        // A stream ends by its listener alone.
        let paths = Endpoint.all.filter { isCalled($0, by: caller) }.map(\.path)
            .filter { !$0.hasSuffix("/events") }
        for path in Set(paths).sorted() { arguments += ["--include-path", path] }
        let program = try #require(PythonEnvironment.program("schemathesis"))
        let run = try await Command.run(
            program, arguments, directory: lab.directory, mayFail: true)
        #expect(run.exitCode == 0, "seed \(seed):\n\(run.output.suffix(6000))\(run.errors)")
        #expect(run.output.contains(" passed"), "\(run.output.suffix(2000))")
    }

    /// The panel's, with names of what is there, and waits of a second where half a minute is
    /// allowed.
    private static func document() throws -> Data {
        let whole = try JSONSerialization.jsonObject(
            with: Data(try OpenAPIDocument.bytes()))
        var document = try #require(whole as? [String: Any])
        let paths = try #require(document["paths"] as? [String: [String: [String: Any]]])
        var changed = 0
        func known(_ parameter: [String: Any], of path: String) -> [String: Any] {
            var parameter = parameter
            let name = parameter["name"] as? String
            if name == "wait" {
                parameter["schema"] = ["type": "integer", "minimum": 0, "maximum": 1]
            } else if name == "name", path.contains("clusters/{name}") {
                parameter["schema"] = ["type": "string", "enum": ["demo"]]
            } else if name == "node" {
                parameter["schema"] = ["type": "string", "enum": ["master"]]
            } else {
                return parameter
            }
            changed += 1
            return parameter
        }
        var newPaths: [String: Any] = [:]
        for (path, methods) in paths {
            newPaths[path] = methods.mapValues { operation in
                var operation = operation
                let parameters = operation["parameters"] as? [[String: Any]] ?? []
                operation["parameters"] = parameters.map { known($0, of: path) }
                return operation
            }
        }
        document["paths"] = newPaths
        #expect(changed > 12)
        return try JSONSerialization.data(withJSONObject: document)
    }

    private static func isCalled(_ endpoint: Endpoint, by caller: Caller) -> Bool {
        switch (caller, endpoint.caller) {
        case (.stranger, .anyone), (.node, .node), (.person, .person): true
        default: false
        }
    }
}
