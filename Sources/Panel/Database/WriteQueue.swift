internal import GRDB
internal import Synchronization

/// Writes of many callers as few transactions: those that arrive while one is being committed share
/// the next one, and with it one fsync. Each is in a savepoint of its own, so that one that fails
/// undoes itself alone; nobody is answered before the commit.
final class WriteQueue: Sendable {
    /// Writes in one transaction; more wait for the next.
    static let maximumBatch = 512

    private struct Job: Sendable {
        /// Carries it out, and gives what answers its caller once the commit's outcome is known.
        let run: @Sendable (Database) -> @Sendable ((any Error)?) -> Void
        /// Answers the caller of a job that was never begun.
        let refuse: @Sendable (any Error) -> Void
    }

    private struct State {
        var waiting: [Job] = []
        var isRunning = false
    }

    private let pool: DatabasePool
    private let state = Mutex(State())

    init(_ pool: DatabasePool) { self.pool = pool }

    func write<Value: Sendable>(
        _ change: @escaping @Sendable (Database) throws -> Value
    ) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            add(
                Job(
                    run: { database in
                        let outcome = Result { try Self.apart(change, in: database) }
                        return { failure in
                            continuation.resume(with: failure.map { .failure($0) } ?? outcome)
                        }
                    },
                    refuse: { continuation.resume(throwing: $0) }))
        }
    }

    private static func apart<Value>(
        _ change: (Database) throws -> Value, in database: Database
    ) throws -> Value {
        var value: Value?
        try database.inSavepoint {
            value = try change(database)
            return .commit
        }
        guard let value else { throw DatabaseError(message: "the savepoint was left") }
        return value
    }

    private func add(_ job: Job) {
        let starts = state.withLock { state in
            state.waiting.append(job)
            defer { state.isRunning = true }
            return !state.isRunning
        }
        if starts { next() }
    }

    private func next() {
        pool.asyncWriteWithoutTransaction { [self] database in
            let jobs = state.withLock { state in
                let jobs = Array(state.waiting.prefix(Self.maximumBatch))
                state.waiting.removeFirst(jobs.count)
                state.isRunning = !jobs.isEmpty
                return jobs
            }
            guard !jobs.isEmpty else { return }
            carryOut(jobs, in: database)
            next()
        }
    }

    /// A transaction that SQLite gives up as a whole (a full disk) answers all of them with that.
    private func carryOut(_ jobs: [Job], in database: Database) {
        var answers: [@Sendable ((any Error)?) -> Void] = []
        do {
            try database.inTransaction(.immediate) {
                for job in jobs { answers.append(job.run(database)) }
                return .commit
            }
            for answer in answers { answer(nil) }
        } catch {
            for answer in answers { answer(error) }
            for job in jobs.dropFirst(answers.count) { job.refuse(error) }
        }
    }
}
