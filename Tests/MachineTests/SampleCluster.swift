import FoundationEssentials
import Support

/// A cluster whose slaves run one small daemon from one small package, so that a machine that is
/// emulated has little to do: no JVM.
struct SampleCluster {
    let folder: String
    var clusterFile: String { folder + "/cluster.yaml" }
    var stacks: String { folder + "/stacks" }
    var packages: String { folder + "/packages" }
    var publicKey: String { folder + "/public.asc" }

    static let port = 7000

    /// At each start it notes what systemd says of its volume, then answers on its port.
    private static let program = """
        #!/bin/sh
        set -eu
        folder=/data/beacon
        note=$folder/start-$(ls $folder | wc -l)
        {
            cat /proc/sys/kernel/random/boot_id
            systemctl show data.mount -p ActiveState -p SourcePath \\
                -p ActiveEnterTimestampMonotonic
            grep ^What= "$(systemctl show -P FragmentPath data.mount)" || true
            systemctl show howdah-boot.service -p ExecMainStartTimestampMonotonic
            device=$(systemd-escape --path --suffix=device \\
                "/dev/disk/by-uuid/$(findmnt --noheadings --output UUID /data)")
            systemctl show "$device" -p Id -p ActiveState -p ActiveEnterTimestampMonotonic
        } >$note.new
        sync $note.new
        mv $note.new $note
        exec systemd-socket-activate --listen=\(port) /bin/cat

        """

    private static let stack = """
        stack: 1
        name: beacon
        master: master
        roles:
          master: {}
          slave:
            packages: [beacon]
            directories:
              - path: ${storage.mount}/beacon
            files:
              - path: ${root}/etc/beacon.conf
                text: "master ${master.address}\\n"
            daemons:
              - name: beacon
                command: ["/bin/sh", "${root}/usr/bin/beacon"]
                readiness: [{ port: \(port) }]

        """

    private static let cluster = """
        howdah: 1
        cluster: \(MachineLab.cluster)
        panel: http://panel.howdah.internal:8443
        stack: beacon
        repositories:
          - id: sample
            baseurl: s3://howdah-local/hdfs
            gpgkey: file:///etc/pki/rpm-gpg/RPM-GPG-KEY-howdah
        storage:
          - mount: /data
            size: 1 GiB

        """

    static func make(in folder: String, key: TestKey, howdah: String) async throws -> SampleCluster
    {
        let sample = SampleCluster(folder: folder)
        try FileManager.default.createDirectory(
            atPath: sample.stacks, withIntermediateDirectories: true)
        try writeFile(sample.clusterFile, Array(cluster.utf8))
        try writeFile(sample.stacks + "/beacon.yaml", Array(stack.utf8))
        try writeFile(sample.publicKey, Array(key.publicKey.utf8))
        let secret = try writeFile(folder + "/secret.asc", Array(key.secretKey.utf8))
        try await RPMBuilder(directory: sample.packages).build(
            RPMBuilder.Package("beacon", files: ["/usr/bin/beacon": program]), signedBy: key)
        try await Command.run(howdah, ["repo", "index", "--sign", secret, sample.packages])
        return sample
    }
}
