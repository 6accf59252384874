internal import FoundationEssentials
internal import PanelAPI

/// The document of the panel's API (OpenAPI 3.1), made of `Endpoint.all`.
enum OpenAPIDocument {
    static let version = "1"

    static func bytes() throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return [UInt8](try encoder.encode(document())) + [UInt8(ascii: "\n")]
    }

    static func document() throws -> JSONValue {
        var reader = SchemaReader()
        let refusal = try reader.schema(of: APIError.self)
        var paths: [String: [String: JSONValue]] = [:]
        for endpoint in Endpoint.all {
            paths[endpoint.path, default: [:]][endpoint.method.lowercased()] = try operation(
                endpoint, &reader)
        }
        return .object([
            "openapi": "3.1.0",
            "info": .object([
                "title": "Howdah Control Panel", "version": .text(version),
                "description": """
                A refusal is a status and {"error": WORD, "message": LINE}; docs/panel.md has \
                the words.
                """,
            ]),
            "paths": .object(paths.mapValues { .object($0) }),
            "components": .object([
                "schemas": .object(reader.schemas), "securitySchemes": schemes,
                "responses": .object([
                    "refused": .object([
                        "description": "Refused; 'error' says by which rule.",
                        "content": json(refusal),
                    ])
                ]),
            ]),
        ])
    }

    private static let schemes: JSONValue = .object([
        "node": .object([
            "type": "http", "scheme": "bearer",
            "description": "What an enrolment answered; good for an hour.",
        ]),
        "person": .object([
            "type": "http", "scheme": "bearer",
            "description": "An API token of a user, or the operator's token of the panel's host.",
        ]),
        "session": .object([
            "type": "apiKey", "in": "cookie", "name": "__Host-howdah",
            "description": """
            What a login set; without TLS its name is 'howdah'. Calls that change something \
            need the header 'x-howdah-csrf' too.
            """,
        ]),
    ])

    private static func operation(
        _ endpoint: Endpoint, _ reader: inout SchemaReader
    ) throws -> JSONValue {
        var entries: [String: JSONValue] = [
            "summary": .text(endpoint.summary),
            "security": security(endpoint.caller),
            "responses": .object(try responses(endpoint, &reader)),
        ]
        let parameters =
            endpoint.parameters.map { name in
                parameter(name, "path", .object(["type": "string", "minLength": .number(1)]), true)
            } + endpoint.query.map { parameter($0.name, "query", $0.schema, $0.isRequired) }
        if !parameters.isEmpty { entries["parameters"] = .list(parameters) }
        if case .person(let role) = endpoint.caller { entries["x-role"] = .text(role.rawValue) }
        if let body = endpoint.body {
            entries["requestBody"] = .object([
                "required": .boolean(true), "content": json(try reader.schema(of: body)),
            ])
        } else if let type = endpoint.bodyType {
            entries["requestBody"] = .object([
                "required": .boolean(true), "content": .object([type: .object([:])]),
            ])
        }
        return .object(entries)
    }

    private static func responses(
        _ endpoint: Endpoint, _ reader: inout SchemaReader
    ) throws -> [String: JSONValue] {
        let refused = JSONValue.object(["$ref": "#/components/responses/refused"])
        var responses: [String: JSONValue] = ["4XX": refused, "503": refused]
        for (status, answer) in endpoint.answers {
            var entries: [String: JSONValue] = ["description": .text(words(status))]
            switch answer {
            case .json(let type): entries["content"] = json(try reader.schema(of: type))
            case .other(let type): entries["content"] = .object([type: .object([:])])
            case .none: break
            }
            responses[String(status)] = .object(entries)
        }
        return responses
    }

    private static func words(_ status: Int) -> String {
        switch status {
        case 201: "Made."
        case 202: "Ordered; it goes on by itself."
        case 204: "Done, or nothing to say."
        case 303: "Elsewhere."
        case 400...: "Refused."
        default: "So it is."
        }
    }

    private static func parameter(
        _ name: String, _ place: String, _ schema: JSONValue, _ isRequired: Bool
    ) -> JSONValue {
        .object([
            "name": .text(name), "in": .text(place), "required": .boolean(isRequired),
            "schema": schema,
        ])
    }

    private static func security(_ caller: Endpoint.Caller) -> JSONValue {
        switch caller {
        case .anyone: .list([])
        case .node: .list([.object(["node": .list([])])])
        case .person:
            .list([.object(["person": .list([])]), .object(["session": .list([])])])
        }
    }

    private static func json(_ schema: JSONValue) -> JSONValue {
        .object(["application/json": .object(["schema": schema])])
    }
}
