import FoundationEssentials
import Glibc
import Support

/// A machine that qemu emulates, instruction by instruction, as an instance of the lab: its disks
/// are NVMe, its console a file. It is ended when `with` returns.
final class Machine {
    /// A slot into which a volume can be plugged while the machine runs, as EC2 does.
    private static let slot = "slot1"

    private let process: ServerProcess
    private let monitor: Monitor
    let console: String

    struct Volume: Equatable {
        let id: String
        let image: String

        /// As a Nitro instance tells it.
        var serial: String { id.split(separator: "-").joined() }
    }

    /// Switches on, runs `body`, and ends whatever is left of it.
    static func with<Value>(
        disk: String, volume: Volume?, network: MachineNetwork, folder: String, name: String,
        _ body: (Machine) async throws -> Value
    ) async throws -> Value {
        let machine = try await Machine(disk, volume, network, folder + "/" + name)
        defer { machine.process.stop() }
        return try await body(machine)
    }

    private init(
        _ disk: String, _ volume: Volume?, _ network: MachineNetwork, _ base: String
    ) async throws {
        console = base + ".console"
        let socket = base + ".qmp"
        var arguments = [
            "netns", "exec", network.namespace, "qemu-system-x86_64", "-M", "q35",
            "-accel", "tcg,thread=multi", "-cpu", "max", "-smp", "2", "-m", "1024", "-nodefaults",
            "-no-reboot", "-display", "none", "-serial", "file:\(console)",
            "-qmp", "unix:\(socket),server=on,wait=off",
            "-drive", "file=\(disk),if=none,id=root,format=raw",
            "-device", "nvme,drive=root,serial=volroot,bootindex=0",
            "-netdev", "tap,id=net,ifname=\(MachineNetwork.tap),script=no,downscript=no",
            "-device", "virtio-net-pci,netdev=net,mac=\(network.hardwareAddress),romfile=",
            "-device", "pcie-root-port,id=\(Self.slot),chassis=1,slot=1",
        ]
        if let volume {
            arguments += [
                "-drive", "file=\(volume.image),if=none,id=data,format=raw",
                "-device", "nvme,drive=data,serial=\(volume.serial),bus=\(Self.slot)",
            ]
        }
        process = try ServerProcess.start("/sbin/ip", arguments, logPath: base + ".log")
        var connected: Monitor?
        do {
            try await process.wait(for: "qemu") {
                connected = try? Monitor(path: socket)
                return connected != nil
            }
        } catch {
            process.stop()
            throw error
        }
        guard let connected else { throw MachineFailure("qemu does not answer") }
        monitor = connected
    }

    func plugIn(_ volume: Volume) throws {
        try monitor.run(
            "blockdev-add",
            #"{"driver": "raw", "node-name": "data", "#
                + #""file": {"driver": "file", "filename": "\#(volume.image)"}}"#)
        try monitor.run(
            "device_add",
            #"{"driver": "nvme", "id": "ebs", "drive": "data", "bus": "\#(Self.slot)", "#
                + #""serial": "\#(volume.serial)"}"#)
    }

    /// Presses the power button and waits until the machine is off.
    func powerOff(within limit: Duration) async throws {
        try monitor.run("system_powerdown")
        let end = ContinuousClock.now + limit
        while process.isRunning {
            guard ContinuousClock.now < end else {
                throw MachineFailure("the machine was not off within \(limit); \(lastLines)")
            }
            try await Task.sleep(for: .milliseconds(100))
        }
    }

    var isOn: Bool { process.isRunning }

    var lastLines: String {
        let text = String(decoding: readFile(console) ?? [], as: UTF8.self)
        return "its console ends with: " + text.suffix(3000)
    }
}
