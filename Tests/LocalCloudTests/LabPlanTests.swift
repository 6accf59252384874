import Testing

@testable import LocalCloud

@Suite struct LabPlanTests {
    static func plan(_ slaves: Int) -> LabPlan {
        let programs = Programs(howdah: "/bin/sh", node: "/bin/sh", panel: "/bin/sh")
        return LabPlan(
            folder: StateFolder(path: "/absent"), programs: programs, slaves: slaves,
            repository: nil, key: nil, clusterFile: "/bin/sh", stacks: "/bin")
    }

    @Test(arguments: [-1, 33, Int.max])
    func `more slaves than a lab has room for are refused`(slaves: Int) {
        #expect(throws: LabError("a lab has 0 to 32 slaves, not \(slaves)")) {
            try Self.plan(slaves).check()
        }
    }

    @Test(arguments: [0, 32])
    func `as many as it has room for are not`(slaves: Int) throws {
        try Self.plan(slaves).check()
    }
}
