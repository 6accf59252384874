/// Asks EC2 of single instances, many in one question: those that come while one is on its way
/// share the next. A cluster that enrols at once would else ask more often than EC2 lets a caller
/// (Amazon EC2 API Reference, "Request throttling").
actor InstanceQuestions {
    static let maximumIDs = InstanceWatcher.batchSize

    private typealias Answer = Result<[CloudInstance], CloudError>

    private let cloud: any Cloud
    private var waiting: [(id: String, asker: CheckedContinuation<Answer, Never>)] = []
    private var isAsking = false

    init(_ cloud: any Cloud) { self.cloud = cloud }

    /// What EC2 says of it; nil if it does not know it.
    func instance(_ id: String) async throws(CloudError) -> CloudInstance? {
        let answer = await withCheckedContinuation { asker in
            waiting.append((id, asker))
            if !isAsking {
                isAsking = true
                Task { await ask() }
            }
        }
        return try answer.get().first { $0.id == id }
    }

    private func ask() async {
        while !waiting.isEmpty {
            let turn = Array(waiting.prefix(Self.maximumIDs))
            waiting.removeFirst(turn.count)
            let answer = await answer(Set(turn.map(\.id)).sorted())
            for (_, asker) in turn { asker.resume(returning: answer) }
        }
        isAsking = false
    }

    private func answer(_ ids: [String]) async -> Answer {
        do throws(CloudError) { return .success(try await cloud.instances(ids)) } catch {
            return .failure(error)
        }
    }
}
