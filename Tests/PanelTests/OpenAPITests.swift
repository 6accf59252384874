import FoundationEssentials
import HTTPTypes
import Hummingbird
import Support
import Testing

@testable import Panel

/// The document of the API says what the panel does.
@Suite struct OpenAPITests {
    @Test func `the document has the router's endpoints, all of them and no others`() async throws {
        try await Lab.with { lab in
            let panel = try await lab.open()
            let routed = panel.router().routes.map { route in
                "\(route.method.rawValue) /"
                    + route.path.description.split(separator: "/").map { part in
                        part.hasPrefix(":") ? "{\(part.dropFirst())}" : String(part)
                    }.joined(separator: "/")
            }
            let told = Endpoint.all.map { "\($0.method) \($0.path)" }
            #expect(Set(routed).subtracting(told).sorted() == [], "not in Endpoint.all")
            #expect(Set(told).subtracting(routed).sorted() == [], "not in the router")
            #expect(Set(told).count == told.count)
            try panel.database.close()
        }
    }

    @Test func `the document of docs is that of the code`() throws {
        let made = String(decoding: try OpenAPIDocument.bytes(), as: UTF8.self)
        let path = Checkout.root + "/docs/openapi.json"
        let there = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
        if made != there, let new = ProcessInfo.processInfo.environment["HOWDAH_NEW_OPENAPI"] {
            try Data(made.utf8).write(to: URL(filePath: new))
        }
        #expect(
            made == there,
            "HOWDAH_NEW_OPENAPI=docs/openapi.json swift test --filter OpenAPITests makes it")
    }

    @Test func `a schema is what its type decodes`() throws {
        struct Inner: Codable { var a: Int }
        struct Outer: Codable {
            var text: String
            var maybe: Double?
            var list: [Inner]
            var map: [String: Bool]
        }
        var reader = SchemaReader()
        #expect(
            try reader.schema(of: Outer.self) == .object(["$ref": "#/components/schemas/Outer"]))
        #expect(
            reader.schemas["Outer"]
                == .object([
                    "type": "object", "required": .list(["list", "map", "text"]),
                    "properties": .object([
                        "text": .object(["type": "string"]),
                        "maybe": .object(["type": "number"]),
                        "list": .object([
                            "type": "array",
                            "items": .object(["$ref": "#/components/schemas/Inner"]),
                        ]),
                        "map": .object([
                            "type": "object",
                            "additionalProperties": .object(["type": "boolean"]),
                        ]),
                    ]),
                ]))
        #expect(reader.schemas.keys.sorted() == ["Inner", "Outer"])
    }
}
