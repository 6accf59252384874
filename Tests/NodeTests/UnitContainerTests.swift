import ConfigFiles
import Support
import Testing

@testable import Node

/// The units in a machine with systemd. Needs root and a tree to boot.
@Suite(.enabled(if: ContainerTree.whyNot == nil)) struct UnitContainerTests {
    @Test func `a container boots, runs programs, and is gone without a trace`() async throws {
        try await BootedContainer.with(tree: ContainerTree.base.path()) { container in
            try container.put("a word", at: "/srv/word")
            #expect(try await container.start() == "running")
            #expect(try await container.run("cat", "/srv/word").output == "a word")
            #expect(try await container.run("sh", "-c", "exit 7", mayFail: true).exitCode == 7)
            try await container.powerOff()
            #expect(try await container.start() == "running")
            await container.cutPower()
        }
    }

    @Test func `a volume that the boot mounted stays mounted, and is let go at power-off`()
        async throws
    {
        try await LoopVolume.with { volume in
            try await volume.mkfs("xfs")
            let uuid = try await volume.blkid("UUID")
            try await BootedContainer.with(tree: ContainerTree.base.path()) { container in
                // As the boot before has left it, and the device not there yet.
                try container.put(
                    FstabLine(uuid: uuid, mount: "/data", type: "xfs").text + "\n",
                    at: "/etc/fstab")
                try await container.start()
                let number = String(volume.loop.drop { !$0.isNumber })
                try await container.run("mknod", "/dev/nvme1n1", "b", "7", number)
                try await container.run("mkdir", "-p", "/data")
                // The boot's mount is for all: it is made as the boot's unit makes it.
                try await container.run("mount", "/dev/nvme1n1", "/data")
                let unit = SystemdUnit(
                    description: "writer", command: ["/bin/sh", "-c", "exec sleep 600 >/data/f"],
                    log: "/writer.log", mounts: ["/data"], inputs: "1")
                try await container.run(
                    "sh", "-c", "printf %s \"$1\" >/run/systemd/system/howdah-writer.service", "sh",
                    unit.render())
                for _ in 1...2 {
                    try await container.systemctl(["daemon-reload"])
                    try await container.systemctl(["start", "howdah-writer"])
                    for name in ["data.mount", "howdah-writer.service"] {
                        #expect(try await container.show("ActiveState", of: name) == "active")
                    }
                }
                // No device is waited for: there are no device units here.
                #expect(try await container.powerOff() < .seconds(20))
                #expect(container.console.contains("Unmounted"))
                #expect(try await container.start() == "running")
                await container.cutPower()
            }
        }
    }
}
