internal import GRDB
internal import PanelAPI

/// A run of HDFS's balancer as it is stored.
struct BalanceRecord: Codable, Sendable, Equatable, FetchableRecord, PersistableRecord {
    static let databaseTableName = "balances"
    /// The master's agent takes a run up at once, and tells of it each minute.
    static let takenWithin = 300.0
    static let silentAfter = 300.0
    /// Beyond its limit, for the agent to stop it and to say so.
    static let overdueAfter = 600.0

    var id: String
    var cluster: String
    var state: BalanceView.State
    var words: String
    var threshold: Double
    var bandwidth: Int64
    var limitSeconds: Int
    var round: Int?
    var movedBytes: Int64?
    var leftBytes: Int64?
    /// When the master's agent took it up, or told of it last.
    var heardAt: Double?
    /// It is over because nobody said anything.
    var isLapsed = false
    var requestedBy: String
    var reason: String
    var startedAt: Double
    var changedAt: Double
    var endedAt: Double?

    var terms: BalanceTerms {
        BalanceTerms(threshold: threshold, bandwidth: bandwidth, limitSeconds: limitSeconds)
    }

    /// What the master is told of it; nil once it is over.
    func run(at now: Double) -> BalanceTask.Run? {
        guard !isOver(at: now) else { return nil }
        return .init(id: id, terms: terms, isCancelled: state == .cancelling)
    }

    func isOver(at now: Double) -> Bool { state.isOver || lapse(at: now) != nil }

    /// Why nothing more is to be expected of it although nobody said that it is over, and since
    /// when; nil where that is not so.
    private func lapse(at now: Double) -> (words: String, at: Double)? {
        guard !state.isOver else { return nil }
        let untaken = startedAt + Self.takenWithin
        if heardAt == nil, now > untaken {
            return (
                "no master's agent took it up: is there one whose stack has a 'balancer'?",
                untaken
            )
        }
        let end = startedAt + Double(limitSeconds) + Self.overdueAfter
        guard now > end else { return nil }
        return ("the master's agent did not say within its limit how it ended", end)
    }

    /// As it is to be stored where nothing more is to be expected of it.
    func lapsed(at now: Double) -> BalanceRecord? {
        guard let lapse = lapse(at: now) else { return nil }
        var record = self
        record.state = .failed
        record.isLapsed = true
        record.words = lapse.words
        record.changedAt = lapse.at
        record.endedAt = lapse.at
        return record
    }

    /// With what the master says of it; nil where that changes nothing. An agent that could not
    /// reach the panel may say later how it ended.
    func told(_ report: BalanceReport, at now: Double) -> BalanceRecord? {
        guard report.state.isOver ? !state.isOver || isLapsed : !isOver(at: now) else {
            return nil
        }
        var record = self
        record.heardAt = now
        record.isLapsed = false
        // Until it has stopped it is being cancelled.
        if report.state.isOver || state != .cancelling { record.state = report.state }
        record.words = report.words
        if let round = report.round {
            record.round = round.number
            record.movedBytes = round.movedBytes
            record.leftBytes = round.leftBytes
        }
        record.endedAt = record.state.isOver ? now : nil
        if record.view(at: now) != view(at: now) { record.changedAt = now }
        return record
    }

    func cancelled(at now: Double) -> BalanceRecord {
        var record = self
        record.state = heardAt == nil ? .cancelled : .cancelling
        record.words = heardAt == nil ? "it had not begun" : "the master's agent is to stop it"
        record.changedAt = now
        record.endedAt = record.state.isOver ? now : nil
        return record
    }

    func view(at now: Double) -> BalanceView {
        let record = lapsed(at: now) ?? self
        let progress = zip(round, movedBytes, leftBytes).map {
            BalanceRound(number: $0, movedBytes: $1, leftBytes: $2)
        }
        return BalanceView(
            id: id, cluster: cluster, state: record.state, sentence: record.sentence(at: now),
            terms: terms, round: progress, requestedBy: requestedBy, reason: reason,
            startedAt: startedAt, changedAt: record.changedAt, endedAt: record.endedAt)
    }

    private func sentence(at now: Double) -> String {
        var sentence = words
        if let round, let movedBytes, let leftBytes {
            sentence +=
                "; round \(round): \(Amounts.bytes(movedBytes)) moved, "
                + "\(Amounts.bytes(leftBytes)) left"
        }
        if !state.isOver, let heardAt, now - heardAt > Self.silentAfter {
            let minutes = Int((now - heardAt) / 60)
            sentence += "; the master's agent has said nothing of it for \(minutes) min"
        }
        return sentence
    }
}

/// All three, or nil.
private func zip<One, Two, Three>(
    _ one: One?, _ two: Two?, _ three: Three?
) -> (One, Two, Three)? {
    guard let one, let two, let three else { return nil }
    return (one, two, three)
}

enum BalanceSchema {
    static let tables = """
        CREATE TABLE balances (
            id TEXT PRIMARY KEY,
            cluster TEXT NOT NULL REFERENCES clusters (name),
            state TEXT NOT NULL,
            words TEXT NOT NULL,
            threshold REAL NOT NULL,
            bandwidth INTEGER NOT NULL,
            limitSeconds INTEGER NOT NULL,
            round INTEGER,
            movedBytes INTEGER,
            leftBytes INTEGER,
            heardAt REAL,
            isLapsed INTEGER NOT NULL,
            requestedBy TEXT NOT NULL,
            reason TEXT NOT NULL,
            startedAt REAL NOT NULL,
            changedAt REAL NOT NULL,
            endedAt REAL
        ) STRICT;
        CREATE UNIQUE INDEX balancesUnderWay ON balances (cluster) WHERE endedAt IS NULL;
        CREATE INDEX balancesByTime ON balances (cluster, startedAt);
        """
}
