/// What a machine has for its daemons, and what the stacks' variables make of it. docs/stacks.md
/// states the same formulas.
public struct MachineSize: Sendable, Equatable, Codable {
    /// Whole mebibytes of memory that the kernel manages.
    public var memoryMiB: Int
    /// Processors that are online.
    public var processors: Int

    public init(memoryMiB: Int, processors: Int) {
        self.memoryMiB = memoryMiB
        self.processors = processors
    }

    /// For the kernel, its page cache and what else runs: an eighth, at least 512 MiB.
    public var reservedMiB: Int { max(512, memoryMiB / 8) }

    /// Heap of a daemon that serves one node: an eighth, 128 to 4096 MiB.
    public var heapMiB: Int { (memoryMiB / 8).clamped(to: 128...4096) }

    /// Heap of the one daemon that keeps the whole cluster's names in memory: half of what is not
    /// reserved, from `heapMiB` to 31 GiB; above that Java's references take twice the room.
    public var masterHeapMiB: Int {
        ((memoryMiB - reservedMiB) / 2).clamped(to: heapMiB...31 * 1024)
    }

    /// For tasks, beside two daemons of `heapMiB` each: at least 512 MiB.
    public var workMiB: Int { max(512, memoryMiB - reservedMiB - 2 * heapMiB) }

    /// Tasks at once: two a processor, but none of less than 512 MiB; at least one.
    public var slots: Int { max(1, min(2 * processors, workMiB / 512)) }

    /// Of `slots`, those for reduce tasks where the two kinds are apart, as in Hadoop 1: a third,
    /// at least one.
    public var reduceSlots: Int { max(1, slots / 3) }

    /// The rest of them, at least one.
    public var mapSlots: Int { max(1, slots - reduceSlots) }

    /// Memory of one task: what there is for tasks divided by them, in whole steps of 64 MiB.
    public var slotMiB: Int { workMiB / slots / 64 * 64 }

    /// Heap of a task in it: three quarters, since Java needs room beside its heap.
    public var taskHeapMiB: Int { slotMiB * 3 / 4 }
}

extension MachineSize {
    /// The values of the variables that stand for it.
    public var variables: [StackVariable: String] {
        let numbers: [StackVariable: Int] = [
            .machineMemory: memoryMiB, .machineProcessors: processors, .heap: heapMiB,
            .masterHeap: masterHeapMiB, .work: workMiB, .slots: slots, .mapSlots: mapSlots,
            .reduceSlots: reduceSlots, .slotMemory: slotMiB,
            .taskHeap: taskHeapMiB,
        ]
        return numbers.mapValues { "\($0)" }
    }
}

extension Int {
    fileprivate func clamped(to range: ClosedRange<Int>) -> Int {
        Swift.min(Swift.max(self, range.lowerBound), range.upperBound)
    }
}
