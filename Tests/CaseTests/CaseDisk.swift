import Support

/// A volume of a case: an image on a loop device, seen in the machine as EC2 would show it.
struct CaseDisk: Sendable, Decodable {
    /// Such as `vol-0123456789abcdef0`.
    let id: String
    let mount: String
    /// Its name in the machine, such as `nvme1n1`; one that begins otherwise is as on Xen, without
    /// a serial number.
    let node: String
    /// Of the image.
    let mebibytes: Int
    /// Shell line that fills it, with the device in `$disk`; nil for a blank one.
    let fill: String?
    /// What its serial number says, if not the volume's own id.
    let serial: String?
    /// Seconds after power-on until the machine sees it.
    let after: Int

    private enum Key: String, CodingKey, CaseIterable {
        case id, mount, node, mebibytes, fill, serial, after, device, firstUse, uuid
    }

    init(from decoder: any Decoder) throws {
        try StrictKeys.check(decoder, Key.allCases.map(\.rawValue))
        let values = try decoder.container(keyedBy: Key.self)
        id = try values.decode(String.self, forKey: .id)
        mount = try values.decode(String.self, forKey: .mount)
        node = try values.decodeIfPresent(String.self, forKey: .node) ?? "nvme1n1"
        mebibytes = try values.decodeIfPresent(Int.self, forKey: .mebibytes) ?? 1100
        fill = try values.decodeIfPresent(String.self, forKey: .fill)
        serial = try values.decodeIfPresent(String.self, forKey: .serial)
        after = try values.decodeIfPresent(Int.self, forKey: .after) ?? 0
    }
}

/// The disks of one machine, while a case runs.
struct CaseDisks: Sendable {
    let disks: [CaseDisk]
    /// Images, and `blocks`, which the machine sees as `/sys/block`.
    let folder: String
    private let loops: [String]

    static func with(
        _ disks: [CaseDisk], in folder: String, _ body: (CaseDisks) async throws -> Void
    ) async throws {
        try await Command.run("mkdir", ["-p", folder + "/blocks"])
        var loops: [String] = []
        do {
            for disk in disks { loops.append(try await make(disk, in: folder)) }
            try await body(CaseDisks(disks: disks, folder: folder, loops: loops))
        } catch {
            await release(loops)
            throw error
        }
        await release(loops)
    }

    /// As it is after power-on: nothing of them is there yet. Those that are late come later.
    func attach(to firstProcess: Int32) async throws {
        for (disk, loop) in zip(disks, loops) {
            let serial = disk.serial ?? String(disk.id.split(separator: "-").joined())
            let script = """
                set -eu
                node=$1 loop=$2 serial=$3 blocks=$4 root=/proc/$5/root after=$6
                mkdir -p "$blocks/$node" "$root/dev/disk/by-id"
                blockdev --getsz "$loop" >"$blocks/$node/size"
                case $node in nvme*)
                  mkdir -p "$blocks/$node/device"
                  echo "$serial" >"$blocks/$node/device/serial"
                  ln -sfn "../../$node" \
                    "$root/dev/disk/by-id/nvme-Amazon_Elastic_Block_Store_$serial" ;;
                esac
                appear() {
                  [ -e "$root/dev/$node" ] || mknod -m 660 "$root/dev/$node" b 7 "${loop#/dev/loop}"
                }
                if [ "$after" = 0 ]; then appear; else
                  (sleep "$after"; appear) </dev/null >/dev/null 2>&1 &
                fi
                """
            try await Command.run(
                "sh",
                [
                    "-c", script, "sh", disk.node, loop, serial, folder + "/blocks",
                    "\(firstProcess)", "\(disk.after)",
                ])
        }
    }

    private static func make(_ disk: CaseDisk, in folder: String) async throws -> String {
        let image = "\(folder)/\(disk.id)"
        try await Command.run("truncate", ["-s", "\(disk.mebibytes)M", image])
        let loop = try await Command.run("losetup", ["--find", "--show", image]).output
            .filter { !$0.isWhitespace }
        guard let fill = disk.fill else { return loop }
        do {
            try await Command.run("sh", ["-euc", "disk=$1; \(fill)", "sh", loop])
        } catch {
            await release([loop])
            throw error
        }
        return loop
    }

    /// What the machine has still mounted keeps its device until its namespaces are gone.
    private static func release(_ loops: [String]) async {
        for loop in loops {
            _ = try? await Command.run("losetup", ["--detach", loop], mayFail: true)
        }
    }
}
