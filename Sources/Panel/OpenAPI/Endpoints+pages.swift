internal import PanelAPI

extension Endpoint {
    /// What people look at with a browser.
    static let pages: [Endpoint] = [
        page("/", "The page: the cluster, or a line for each", [range]),
        page("/clusters/{name}", "The page of a cluster", [range]),
        Endpoint(
            "GET", "/clusters/{name}/events", .person(.viewer),
            "Tells a page of changes, as server-sent events",
            answers: [(200, .other("text/event-stream"))]),
        page(
            "/clusters/{name}/nodes", "A cluster's nodes, line by line",
            [.text("find"), .number("page")]),
        page("/clusters/{name}/nodes/{id}", "A node, by its instance", [range]),
        page("/clusters/{name}/decisions", "Why the cluster grew, or did not", [.number("at")]),
        page("/clusters/{name}/drains", "Nodes that are emptied before they end", []),
        page("/clusters/{name}/volumes", "The cluster's volumes", []),
        page("/clusters/{name}/queues", "Charts of Hadoop's pools and queues", [range]),
        page(
            "/clusters/{name}/audit", "The audit log, a part at a time",
            [.number("before"), .text("subject")]),
    ]

    private static let range = Query(
        name: "range",
        schema: .object([
            "type": "string",
            "enum": .list(PageRange.allCases.map { .text($0.rawValue) }),
        ]))

    private static func page(_ path: String, _ summary: String, _ query: [Query]) -> Endpoint {
        Endpoint(
            "GET", path, .person(.viewer), summary, query: query,
            answers: [(200, html), (303, .none)])
    }
}
