import Host
import PanelAPI
import Synchronization
import Testing

@testable import Node

@Suite struct NoticeTests {
    /// Texts of Amazon's own documentation.
    @Test(arguments: [
        (
            "spot/instance-action",
            "{\"action\": \"terminate\", \"time\": \"2017-09-18T08:22:00Z\"}",
            ["spot notice: terminate at 2017-09-18T08:22:00Z"]
        ),
        (
            "events/recommendations/rebalance", "{\"noticeTime\": \"2020-10-27T08:22:00Z\"}",
            ["rebalance notice at 2020-10-27T08:22:00Z"]
        ),
        ("autoscaling/target-lifecycle-state", "InService", []),
        ("autoscaling/target-lifecycle-state", "Terminated\n", ["life-cycle notice: Terminated"]),
        ("events/maintenance/scheduled", "[]", []),
        (
            "events/maintenance/scheduled",
            """
            [{"NotBefore" : "21 Jan 2019 09:00:43 GMT", "Code" : "system-reboot",
              "Description" : "scheduled reboot", "EventId" : "instance-event-0d59937288b749b32",
              "NotAfter" : "21 Jan 2019 09:17:23 GMT", "State" : "active"},
             {"NotBefore" : "21 Jan 2019 09:00:43 GMT", "Code" : "system-reboot",
              "Description" : "[Completed] scheduled reboot", "EventId" : "instance-event-1",
              "State" : "completed"}]
            """,
            [
                """
                maintenance notice: system-reboot at 21 Jan 2019 09:00:43 GMT \
                (instance-event-0d59937288b749b32): scheduled reboot
                """
            ]
        ),
        ("spot/instance-action", "going\u{1b}[2J down", ["spot notice: going [2J down"]),
        ("spot/instance-action", "", []),
    ]) func `a notice is read as the cloud writes it, and passed on if it is not`(
        path: String, text: String, expected: [String]
    ) throws {
        let source = try #require(CloudNotices.Source(rawValue: path))
        #expect(CloudNotices.read(source, text).map(\.description) == expected)
    }

    @Test func `each is logged once, kept for status, and gone when the cloud takes it back`()
        async throws
    {
        try await BootLab.with { lab in
            let answers = Mutex<[String: String]>([:])
            let world = lab.world { world in
                world.notices = { path in answers.withLock { $0[path] } }
            }
            let bootID = try world.bootID()
            let watch = try NoticeWatch(world: world, bootID: bootID)
            #expect(await watch.look() == [])
            let spot = "{\"action\": \"stop\", \"time\": \"T\"}"
            answers.withLock { $0["meta-data/spot/instance-action"] = spot }
            #expect(await watch.look()?.map(\.action) == ["stop"])
            _ = await watch.look()
            // An agent that was started again knows it already.
            let later = try NoticeWatch(world: world, bootID: bootID)
            _ = await later.look()
            let lines = lab.logText.split(separator: "\n")
            #expect(lines.count { $0.hasSuffix("agent: spot notice: stop at T") } == 1)
            var state = BootState(bootID: bootID)
            state.notices = try lab.store.agent(ofBoot: bootID).notices
            #expect(state.lines.contains("the cloud says: spot notice: stop at T"))
            #expect(try lab.store.agent(ofBoot: "another boot").notices == [])
            answers.withLock { $0 = [:] }
            #expect(await later.look() == [])
            #expect(lab.logText.contains("agent: no longer: spot notice: stop at T"))
            #expect(try lab.store.agent(ofBoot: bootID).notices == [])
        }
    }

    @Test func `a service that is silent tells nothing, and takes nothing back`() async throws {
        struct Silent: Error {}
        try await BootLab.with { lab in
            let isSilent = Mutex(false)
            let world = lab.world { world in
                world.notices = { path in
                    if isSilent.withLock({ $0 }) { throw Silent() }
                    return path.hasSuffix("state") ? "Terminated" : nil
                }
            }
            let watch = try NoticeWatch(world: world, bootID: "b")
            #expect(await watch.look()?.count == 1)
            isSilent.withLock { $0 = true }
            #expect(await watch.look() == nil)
            #expect(await watch.look() == nil)
            #expect(try lab.store.agent(ofBoot: "b").notices.count == 1)
            #expect(lab.logText.split(separator: "\n").count { $0.contains("notices:") } == 1)
            isSilent.withLock { $0 = false }
            #expect(await watch.look()?.count == 1)
        }
    }
}
