import AWS
import Host
import PanelAPI
import Support
import Testing

@testable import Node

/// A volume that the node claims itself, from nothing to its mount: against moto, on a loop device.
@Suite(
    .serialized,
    .enabled(
        if: LoopVolume.isPossible && MotoServer.missing == nil,
        "needs root, loop devices and scripts/setup"))
struct RoleVolumeTests {
    private static func tools(_ paths: HostPaths, _ ec2: EC2Client) -> VolumeTools {
        VolumeTools(
            paths: paths, clock: ContinuousClock(), log: { _ in }, ec2: { _ in ec2 },
            makeUUID: { freshUUID() })
    }

    private static func world(
        _ lab: BootLab, _ cloud: RoleClaimTests.Lab, _ panel: PanelDouble
    ) -> NodeWorld {
        var facts = BootLab.facts(cloud.instances[0])
        facts.availabilityZone = cloud.zone
        let tools = tools(lab.paths, cloud.ec2)
        return lab.world(facts: facts, panel: panel) { world in
            world.volumes = { plan, storage, panel in
                try await tools.bring(storage, of: plan, panel)
            }
        }
    }

    @Test func `boots make, mount and hand on a volume without asking the panel for it`()
        async throws
    {
        try await RoleClaimTests.with { cloud in
            // The device has the volume's id, which EC2 gives.
            let id = try #require(try await RoleClaimTests.settled(cloud.claims()).volumeID)
            try await LoopVolume.with(.init(volumeID: id)) { volume in
                let storage = ["{mount: /data, size: 3 GiB, by: role}"]
                try await BootLab.with(root: volume.paths.root, storage: storage) { lab in
                    for boot in 1...2 {
                        let panel = BootLab.panel()
                        try await expectDone(Self.world(lab, cloud, panel))
                        #expect(await panel.intents.isEmpty)
                        #expect(await panel.reported.isEmpty)
                        let made = try await volume.blkid("UUID")
                        let tags = try await cloud.ec2.describeVolumes(ids: [id])[0].tags
                        #expect(tags["howdah:filesystem"] == "xfs \(made)")
                        #expect(try Mounts().entry(at: volume.mountPath)?.type == "xfs")
                        if boot == 1 { try lab.paths.files.write("kept", to: "/data/file") }
                        try await volume.unmount()
                    }
                    try await cloud.ec2.detachVolume(id, from: cloud.instances[0])
                    let claims = cloud.claims(1)
                    let next = VolumeWork(
                        storage: claims.storage, panel: claims,
                        tools: Self.tools(lab.paths, cloud.ec2))
                    #expect(try await next.run().detail.contains(" holds xfs "))
                    #expect(try lab.paths.files.text("/data/file") == "kept")
                }
            }
        }
    }
}
