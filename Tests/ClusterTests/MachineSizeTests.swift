import Cluster
import Testing

@Suite struct MachineSizeTests {
    /// Worked out by hand from the formulas of docs/stacks.md.
    @Test(arguments: [
        // memory, processors, reserved, heap, master heap, work, slots, map, reduce, slot
        [1024, 1, 512, 128, 256, 512, 1, 1, 1, 512],
        [7680, 2, 960, 960, 3360, 4800, 4, 3, 1, 1152],
        [16384, 4, 2048, 2048, 7168, 10240, 8, 6, 2, 1280],
        [65536, 16, 8192, 4096, 28672, 49152, 32, 22, 10, 1536],
        [524_288, 96, 65536, 4096, 31744, 450_560, 192, 128, 64, 2304],
    ])
    func `a machine's size gives heaps and slots`(row: [Int]) {
        let size = MachineSize(memoryMiB: row[0], processors: row[1])
        let found = [
            size.reservedMiB, size.heapMiB, size.masterHeapMiB, size.workMiB, size.slots,
            size.mapSlots, size.reduceSlots, size.slotMiB,
        ]
        #expect(found == Array(row[2...]))
    }

    @Test func `what daemons and tasks get fits into the machine`() {
        for memory in stride(from: 2048, through: 1 << 20, by: 1777) {
            for processors in [1, 2, 8, 64, 192] {
                let size = MachineSize(memoryMiB: memory, processors: processors)
                let tasks = size.slots * size.slotMiB
                #expect(tasks + 2 * size.heapMiB + size.reservedMiB <= memory)
                #expect(size.masterHeapMiB + size.heapMiB + size.reservedMiB <= memory)
                #expect(size.slotMiB >= 512 / 64 * 64 && size.slots >= 1)
            }
        }
    }

    @Test func `every variable of it has a value`() {
        let values = MachineSize(memoryMiB: 4096, processors: 2).variables
        let ours = StackVariable.allCases.filter {
            $0.rawValue.hasPrefix("sizing.") || $0.rawValue.hasPrefix("machine.")
        }
        #expect(Set(values.keys) == Set(ours))
    }
}
