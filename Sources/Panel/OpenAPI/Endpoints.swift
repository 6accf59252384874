internal import PanelAPI

extension Endpoint {
    /// All that the panel's router has; a test compares the two.
    static let all = open + nodes + volumes + pages + clusters + work + people

    static let html = Answer.other("text/html")

    private static let open: [Endpoint] = [
        Endpoint(
            "GET", "/healthz", .anyone, "Whether the panel and its database are well",
            answers: [(200, .json([String: String].self))]),
        Endpoint(
            "GET", "/openapi.json", .anyone, "This document",
            answers: [(200, .other("application/json"))]),
        Endpoint(
            "GET", "/style.css", .anyone, "The page's stylesheet",
            answers: [(200, .other("text/css"))]),
        Endpoint(
            "GET", "/page.js", .anyone, "The pages' script",
            answers: [(200, .other("text/javascript"))]),
        Endpoint(
            "GET", "/login", .anyone, "The form of a login", query: [.text("again")],
            answers: [(200, html), (303, .none)]),
        Endpoint(
            "POST", "/login", .anyone, "Log in, as the form does",
            bodyType: "application/x-www-form-urlencoded",
            answers: [(303, .none), (401, html), (403, html), (429, html)]),
        Endpoint(
            "POST", "/v1/enrolment/challenge", .anyone, "A nonce to prove an identity with",
            answers: [(200, .json(EnrolmentChallenge.self))]),
        Endpoint(
            "POST", "/v1/enrolment", .anyone, "Enrol by an identity that STS knows",
            body: EnrolmentRequest.self, answers: [(200, .json(Enrolment.self))]),
        Endpoint(
            "POST", "/v1/enrolment/key", .anyone, "Enrol by a key of the node's own",
            body: KeyEnrolmentRequest.self, answers: [(200, .json(Enrolment.self))]),
        Endpoint(
            "GET", "/heartbeat", .anyone, "An old image lives; answers the master's address",
            query: [.text("ip"), .text("master")],
            answers: [(200, .other("text/plain"))]),
    ]

    private static let nodes: [Endpoint] = [
        Endpoint(
            "PUT", "/v1/master", .node, "This node is the master",
            answers: [(200, .json(MasterRecord.self))]),
        Endpoint(
            "GET", "/v1/master", .node, "The master, once it is known", query: [.wait],
            answers: [(200, .json(MasterRecord.self)), (204, .none)]),
        Endpoint(
            "GET", "/v1/members", .node, "The cluster's nodes",
            answers: [(200, .json([Member].self))]),
        Endpoint(
            "GET", "/v1/roll", .node, "The cluster's nodes, once they are others",
            query: [.wait, .text("unlike")],
            answers: [(200, .json(MemberRoll.self)), (204, .none)]),
        Endpoint(
            "GET", "/v1/balance", .node,
            "What the master is to run of HDFS's balancer, once that is something else",
            query: [.wait, .text("unlike")],
            answers: [(200, .json(BalanceTask.self)), (204, .none)]),
        Endpoint(
            "PUT", "/v1/balance/{id}", .node, "How a run of the balancer stands",
            body: BalanceReport.self, answers: [(204, .none)]),
        Endpoint(
            "POST", "/v1/leaves/{name}", .node, "Ask for leave to do what is done once",
            answers: [(200, .json(Leave.self))]),
        Endpoint(
            "POST", "/v1/leaves/{name}/done", .node, "It was done",
            answers: [(200, .json(Leave.self))]),
        Endpoint(
            "POST", "/v1/reports", .node, "How a boot went", body: BootReport.self,
            answers: [(204, .none)]),
        Endpoint(
            "POST", "/v1/heartbeats", .node, "A node lives, and what it measured",
            body: Heartbeat.self, answers: [(200, .json(HeartbeatAnswer.self))]),
    ]

    private static let volumes: [Endpoint] = [
        Endpoint(
            "POST", "/v1/volumes/claims", .node, "Ask for the volume of a mount",
            body: VolumeClaimRequest.self, answers: [(200, .json(VolumeClaim.self))]),
        Endpoint(
            "GET", "/v1/volumes/claims/{id}", .node, "How a claim stands", query: [.wait],
            answers: [(200, .json(VolumeClaim.self))]),
        Endpoint(
            "POST", "/v1/volumes/claims/{id}/format", .node, "A file system is about to be made",
            body: FormatIntent.self, answers: [(200, .json(VolumeClaim.self))]),
        Endpoint(
            "POST", "/v1/volumes/claims/{id}/set-aside", .node,
            "Give a volume with a half-made file system away", body: SetAsideRequest.self,
            answers: [(200, .json(VolumeClaim.self))]),
        Endpoint(
            "POST", "/v1/volumes/claims/{id}/filesystem", .node, "A file system was made",
            body: FilesystemReport.self, answers: [(200, .json(VolumeClaim.self))]),
    ]

    private static let clusters: [Endpoint] = [
        Endpoint(
            "GET", "/v1/clusters", .person(.viewer), "The panel's clusters, a line each",
            answers: [(200, .json([ClusterSummary].self))]),
        Endpoint(
            "GET", "/v1/clusters/{name}", .person(.viewer), "A cluster",
            answers: [(200, .json(ClusterView.self))]),
        Endpoint(
            "GET", "/v1/clusters/{name}/metrics.csv", .person(.viewer),
            "A table of what was measured",
            query: [
                .number("from"), .number("to"), .text("node"), .text("metric"),
                Query(
                    name: "statistic",
                    schema: .object([
                        "type": "string", "enum": .list(["mean", "min", "max", "count"]),
                    ])),
            ], answers: [(200, .other("text/csv"))]),
        Endpoint(
            "GET", "/metrics", .person(.viewer), "What was measured last, for Prometheus",
            answers: [(200, .other("text/plain"))]),
        Endpoint(
            "POST", "/api/put", .person(.operator), "Points, as OpenTSDB takes them",
            bodyType: "application/json", answers: [(204, .none)]),
        Endpoint(
            "POST", "/v1/enrolment-tokens", .person(.operator), "Make a one-time token for a node",
            body: EnrolmentTokenOrder.self, answers: [(201, .json(NewEnrolmentToken.self))]),
        Endpoint(
            "GET", "/v1/enrolment-tokens", .person(.operator), "The one-time tokens",
            answers: [(200, .json([EnrolmentToken].self))]),
        Endpoint(
            "DELETE", "/v1/enrolment-tokens/{id}", .person(.operator), "Take one back",
            answers: [(204, .none)]),
    ]

    private static let work: [Endpoint] = [
        Endpoint(
            "GET", "/v1/clusters/{name}/queues", .person(.viewer), "Hadoop's pools and queues",
            answers: [(200, .json(ClusterQueues.self))]),
        Endpoint(
            "GET", "/v1/clusters/{name}/decisions", .person(.viewer),
            "Why the cluster grew, or did not", query: [.number("at"), .number("limit")],
            answers: [(200, .json([DecisionView].self))]),
        Endpoint(
            "GET", "/v1/clusters/{name}/means", .person(.viewer),
            "What instances are made of, and cost",
            answers: [(200, .json(ClusterMeans.self))]),
        Endpoint(
            "GET", "/v1/clusters/{name}/remains", .person(.viewer),
            "All that EC2 has with the cluster's tag",
            answers: [(200, .json(ClusterRemains.self))]),
        Endpoint(
            "GET", "/v1/clusters/{name}/launches", .person(.viewer), "Instances that were ordered",
            answers: [(200, .json([Launch].self))]),
        Endpoint(
            "POST", "/v1/clusters/{name}/launches", .person(.operator), "Order instances",
            body: LaunchOrder.self, answers: [(202, .json([Launch].self))]),
        Endpoint(
            "POST", "/v1/clusters/{name}/nodes/{node}/terminate", .person(.admin),
            "Terminate a node's instance", body: TerminationOrder.self,
            answers: [(202, .json(Termination.self))]),
        Endpoint(
            "GET", "/v1/clusters/{name}/drains", .person(.viewer),
            "Nodes that are emptied and ended, and were",
            answers: [(200, .json([DrainView].self))]),
        Endpoint(
            "GET", "/v1/clusters/{name}/drain-plan", .person(.operator),
            "Whether a node may go, without doing anything",
            query: [Query(name: "node", schema: .object(["type": "string"]), isRequired: true)],
            answers: [(200, .json(DrainPlan.self))]),
        Endpoint(
            "POST", "/v1/clusters/{name}/drains", .person(.operator),
            "Empty a node, then end its instance", body: DrainOrder.self,
            answers: [(202, .json(DrainView.self))]),
        Endpoint(
            "DELETE", "/v1/clusters/{name}/drains/{id}", .person(.operator),
            "Take a node back that is being emptied", answers: [(202, .json(DrainView.self))]),
        Endpoint(
            "GET", "/v1/clusters/{name}/balances", .person(.viewer),
            "Runs of HDFS's balancer", answers: [(200, .json([BalanceView].self))]),
        Endpoint(
            "GET", "/v1/clusters/{name}/balance-plan", .person(.viewer),
            "What HDFS's balancer would move, without doing anything",
            query: [.number("threshold"), .number("bandwidth")],
            answers: [(200, .json(BalancePlan.self))]),
        Endpoint(
            "POST", "/v1/clusters/{name}/balances", .person(.operator),
            "Have the master run HDFS's balancer", body: BalanceOrder.self,
            answers: [(202, .json(BalanceView.self))]),
        Endpoint(
            "DELETE", "/v1/clusters/{name}/balances/{id}", .person(.operator),
            "Have the balancer stopped", answers: [(202, .json(BalanceView.self))]),
        Endpoint(
            "GET", "/v1/clusters/{name}/volumes", .person(.viewer), "The cluster's volumes",
            answers: [(200, .json([VolumeView].self))]),
        Endpoint(
            "GET", "/v1/clusters/{name}/operations", .person(.viewer),
            "What is done to volumes, and was",
            answers: [(200, .json([VolumeOperation].self))]),
        Endpoint(
            "POST", "/v1/clusters/{name}/volumes/{id}/operations", .person(.operator),
            "Detach, snapshot or delete a volume; the last is an admin's",
            body: VolumeOperationOrder.self, answers: [(202, .json(VolumeOperation.self))]),
        Endpoint(
            "POST", "/v1/clusters/{name}/volumes/{id}/offer", .person(.operator),
            "Offer a volume to whoever claims one of its mount", body: VolumeOffer.self,
            answers: [(204, .none)]),
        Endpoint(
            "DELETE", "/v1/clusters/{name}/volumes/{id}/offer", .person(.operator),
            "Take an offer back", answers: [(204, .none)]),
        Endpoint(
            "GET", "/v1/audit", .person(.viewer), "Lines of the audit log",
            query: [.number("before"), .number("limit"), .text("subject")],
            answers: [(200, .json([AuditLine].self))]),
    ]

    private static let people: [Endpoint] = [
        Endpoint(
            "POST", "/logout", .person(.viewer), "End a session", answers: [(303, .none)]),
        Endpoint(
            "GET", "/v1/users", .person(.admin), "The users",
            answers: [(200, .json([User].self))]),
        Endpoint(
            "POST", "/v1/users", .person(.admin), "Make a user", body: UserOrder.self,
            answers: [(201, .json(User.self))]),
        Endpoint(
            "PATCH", "/v1/users/{name}", .person(.admin), "Change a user or lock them out",
            body: UserChange.self, answers: [(200, .json(User.self))]),
        Endpoint(
            "PUT", "/v1/password", .person(.viewer), "Change one's own password",
            body: PasswordChange.self, answers: [(200, .json(User.self))]),
        Endpoint(
            "GET", "/password", .person(.viewer), "The form of one's own password",
            answers: [(200, html), (303, .none)]),
        Endpoint(
            "POST", "/password", .person(.viewer), "Change one's own password, as the form does",
            bodyType: "application/x-www-form-urlencoded",
            answers: [
                (303, .none), (400, html), (403, html), (409, html), (429, html), (503, html),
            ]),
        Endpoint(
            "POST", "/v1/tokens", .person(.viewer), "Make a token of a user's",
            body: APITokenOrder.self, answers: [(201, .json(NewAPIToken.self))]),
        Endpoint(
            "GET", "/v1/tokens", .person(.viewer), "Tokens of a user's", query: [.text("user")],
            answers: [(200, .json([APIToken].self))]),
        Endpoint(
            "DELETE", "/v1/tokens/{id}", .person(.viewer), "Take one back",
            answers: [(204, .none)]),
    ]
}
