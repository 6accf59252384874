internal import CSolv

/// Owns one of libsolv's queues of ids.
final class IDQueue {
    var queue = Queue()

    init() { queue_init(&queue) }
    deinit { queue_free(&queue) }

    var ids: [Id] {
        (0..<Int(queue.count)).map { queue.elements[$0] }
    }

    func push(_ id: Id) { queue_push(&queue, id) }

    func push(_ first: Id, _ second: Id) { queue_push2(&queue, first, second) }
}
