internal import PanelAPI

/// One call of the panel's API, as its document describes it and as its router must have it.
struct Endpoint: Sendable {
    enum Caller: Sendable, Equatable {
        /// Whoever reaches the panel.
        case anyone
        /// A node, by the token that its enrolment gave it.
        case node
        /// A person of this role or a higher one.
        case person(PersonRole)
    }

    /// A parameter of the query.
    struct Query: Sendable {
        var name: String
        var schema: JSONValue
        var isRequired = false

        static func text(_ name: String) -> Query {
            Query(name: name, schema: .object(["type": "string"]))
        }

        static func number(_ name: String) -> Query {
            Query(name: name, schema: .object(["type": "number", "minimum": .number(0)]))
        }

        /// Of a long poll.
        static let wait = Query(
            name: "wait",
            schema: .object([
                "type": "integer", "minimum": .number(0), "maximum": .number(30),
            ]))
    }

    /// What comes back where all is well.
    enum Answer: Sendable {
        case json(any (Decodable & Sendable).Type)
        case other(String)
        case none
    }

    var method: String
    /// As OpenAPI writes it: `/v1/clusters/{name}`.
    var path: String
    var caller: Caller
    var summary: String
    var query: [Query] = []
    var body: (any (Decodable & Sendable).Type)?
    /// Of a body that is no JSON of ours.
    var bodyType: String?
    /// By status.
    var answers: [(status: Int, Answer)]

    init(
        _ method: String, _ path: String, _ caller: Caller, _ summary: String,
        query: [Query] = [], body: (any (Decodable & Sendable).Type)? = nil,
        bodyType: String? = nil, answers: [(status: Int, Answer)]
    ) {
        self.method = method
        self.path = path
        self.caller = caller
        self.summary = summary
        self.query = query
        self.body = body
        self.bodyType = bodyType
        self.answers = answers
    }

    /// The names in braces of the path.
    var parameters: [String] {
        path.split(separator: "/").filter { $0.hasPrefix("{") }
            .map { String($0.dropFirst().prefix { $0 != "}" }) }
    }
}
