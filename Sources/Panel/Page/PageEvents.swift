internal import GRDB
internal import HTTPTypes
internal import Hummingbird
internal import NIOCore
internal import PanelAPI
internal import Synchronization

/// `GET /clusters/NAME/events`: tells a page that there is something new, as server-sent events
/// (HTML standard, section 9.2). What is new the page asks for itself.
struct PageEvents: Sendable {
    static let maximumStreams = 256
    static let maximumPerPerson = 32
    /// How often a stream looks for news, seconds.
    static let lookSeconds = 2
    /// A word at least so often, so that both ends notice when the other is gone; and so often it
    /// is asked whether who listens still may.
    static let beatSeconds = 16
    /// Then the browser asks anew.
    static let lifeSeconds = 900
    /// Nodes above which a page is renewed more seldom: it is larger, and changes all the time.
    static let largeCluster = 500
    static let largeRestSeconds = 10

    let reader: PageReader
    let access: Access
    let waiters: Waiters
    let streams = StreamCount()

    func response(_ request: Request, _ context: PanelContext) async throws -> Response {
        let person = try context.person(atLeast: .viewer)
        let cluster = try reader.settings.cluster(try context.parameters.require("name")).name
        guard request.headers[.accept]?.contains("text/event-stream") == true else {
            throw Refusal(
                .notAcceptable, "event-stream", "this is for 'accept: text/event-stream' alone")
        }
        let place = try streams.take(person.name)
        return Response(
            status: .ok,
            headers: [.contentType: "text/event-stream", .cacheControl: "no-store"],
            body: ResponseBody { writer in
                defer { place.giveBack() }
                try await write(of: cluster, to: person, &writer)
                try await writer.finish(nil)
            })
    }

    private func write(
        of cluster: String, to person: Person, _ writer: inout any ResponseBodyWriter
    ) async throws {
        try await writer.write(ByteBuffer(string: "retry: 3000\n\n"))
        var (known, silent, rest, lived) = (try await revision(of: cluster), 0, 0, 0)
        while lived < Self.lifeSeconds {
            // Nobody calls this topic: it ends by its time, and at once when the panel stops.
            let isOver = try await waiters.rest(seconds: Self.lookSeconds)
            guard !isOver else { return }
            (silent, rest, lived) =
                (silent + Self.lookSeconds, rest - Self.lookSeconds, lived + Self.lookSeconds)
            let now = try await revision(of: cluster)
            if now != known, rest <= 0 {
                known = now
                (silent, rest) = (0, now.nodes > Self.largeCluster ? Self.largeRestSeconds : 0)
                try await writer.write(ByteBuffer(string: "event: changed\ndata: \n\n"))
            } else if silent >= Self.beatSeconds {
                silent = 0
                try await writer.write(ByteBuffer(string: ": still here\n\n"))
            }
            if lived % Self.beatSeconds == 0 {
                guard try await access.mayStay(person) else { return }
            }
        }
    }

    /// Changes with what pages show.
    private struct Revision: Equatable, Sendable {
        var nodes: Int
        var heard: Double?
        var audit: Int64?
        var decision: Int64?
        var minute: Double?
        var drain: Double?
        var balance: Double?
    }

    private func revision(of cluster: String) async throws -> Revision {
        try await reader.database.read { database in
            let row = try Row.fetchOne(
                database,
                sql: """
                    SELECT COUNT(*), MAX(heartbeatAt), (SELECT MAX(id) FROM audit),
                        (SELECT id FROM decisions WHERE cluster = ?1 ORDER BY at DESC LIMIT 1),
                        (SELECT MAX(at) FROM clusterHistory WHERE cluster = ?1),
                        (SELECT MAX(changedAt) FROM drains WHERE cluster = ?1),
                        (SELECT MAX(changedAt) FROM balances WHERE cluster = ?1)
                    FROM nodes WHERE cluster = ?1 AND retiredAt IS NULL
                    """, arguments: [cluster])
            return Revision(
                nodes: row?[0] ?? 0, heard: row?[1], audit: row?[2], decision: row?[3],
                minute: row?[4], drain: row?[5], balance: row?[6])
        }
    }
}

/// How many streams there are, and whose.
final class StreamCount: Sendable {
    private let open = Mutex<[String: Int]>([:])

    var count: Int { open.withLock { $0.values.reduce(0, +) } }

    func take(_ person: String) throws(Refusal) -> Place {
        let isRoom = open.withLock { open in
            guard open.values.reduce(0, +) < PageEvents.maximumStreams,
                open[person, default: 0] < PageEvents.maximumPerPerson
            else { return false }
            open[person, default: 0] += 1
            return true
        }
        guard isRoom else { throw Refusal.busy("pages that listen") }
        return Place(person: person, streams: self)
    }

    /// One stream's; given back once, at the latest when nothing refers to it any more.
    final class Place: Sendable {
        private let person: String
        private let streams: StreamCount
        private let isGiven = Mutex(false)

        init(person: String, streams: StreamCount) {
            self.person = person
            self.streams = streams
        }

        func giveBack() {
            let isFirst = isGiven.withLock { given in
                defer { given = true }
                return !given
            }
            guard isFirst else { return }
            streams.open.withLock { open in
                open[person, default: 1] -= 1
                if open[person] == 0 { open[person] = nil }
            }
        }

        deinit { giveBack() }
    }
}

extension Access {
    /// Whether someone who came in earlier would still be let in; it does not count as being seen.
    func mayStay(_ person: Person) async throws -> Bool {
        let now = time.now()
        switch person.proof {
        case .file, .none: return true
        case .session(let secret):
            return try await sessions.isOpen(secret, now: now)
        case .token(let id, let expiresAt):
            guard now < expiresAt else { return false }
            return try await database.read { database in
                try Bool.fetchOne(
                    database,
                    sql: """
                        SELECT 1 FROM apiTokens JOIN users ON users.name = apiTokens.user
                        WHERE apiTokens.id = ? AND disabledAt IS NULL
                        """, arguments: [id]) ?? false
            }
        }
    }
}
