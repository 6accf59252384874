import AWS
import Glibc
import Host
import Support
import Testing

@testable import LocalCloud

/// A whole lab: real services, one instance. Skipped, with the reason printed, without root or the
/// services' programs; CI has both.
@Suite(.serialized, .enabled(if: LabUnderTest.missing == nil, "\(LabUnderTest.missing ?? "")"))
struct LabTests {
    /// boto3 finds its credentials at our metadata service by itself.
    static let identity = """
        import boto3, os
        print(boto3.client("sts", endpoint_url=os.environ["AWS_ENDPOINT_URL_STS"],
            region_name="us-east-1").get_caller_identity()["Arn"])
        s3 = boto3.client("s3", endpoint_url=os.environ["AWS_ENDPOINT_URL_S3"],
            region_name="us-east-1")
        def attempt(call):
            try:
                call()
                print("allowed")
            except s3.exceptions.ClientError as error:
                print(error.response["Error"]["Code"])
        attempt(lambda: s3.get_object(Bucket="howdah-local", Key="hdfs/absent"))
        attempt(lambda: s3.get_object(Bucket="howdah-local", Key="other/absent"))
        attempt(lambda: s3.put_object(Bucket="howdah-local", Key="hdfs/x", Body=b""))
        """

    @Test func `an instance lives, dies and is cleared without a trace`() async throws {
        try await LabUnderTest.with { lab in
            try await lab.up()
            let made = try lab.folder.readLab()
            let id = made.id
            let storage = StorageSockets(first: made.storagePort).paths
            #expect(storage.allSatisfy { Files().exists($0) })
            #expect(try await !lab.traces(id).isEmpty)
            try await lab.wait("the agent") {
                try InstanceStore(folder: lab.folder).all().count == 1
                    && lab.root().exists("/agents")
            }
            try await boots(lab)
            try await identity(lab)
            try await disk(lab)
            try await power(lab)
            try await lab.down()
            #expect(try await lab.traces(id, storage: storage) == [])
            #expect(try !lab.folder.files.list("/").contains("instances"))
            try await lab.down()
        }
    }

    private func boots(_ lab: LabUnderTest) async throws {
        let root = try lab.root()
        #expect(try root.text("/hosts-seen").contains("10.77.0.11 master"))
        #expect(try root.text("/name-seen") == "master\n")
        #expect(try await lab.exec(["cat", "/etc/hosts"]).contains("10.77.0.11 master"))
        #expect(try root.text("/etc/howdah/cluster.yaml").contains("http://10.77.0.1:8443"))
    }

    private func identity(_ lab: LabUnderTest) async throws {
        let venv = ProcessEnvironment.current["HOWDAH_VENV"] ?? "/usr"
        let said = try await lab.exec([venv + "/bin/python", "-c", Self.identity])
        let instance = try InstanceStore(folder: lab.folder).find("master").id
        let lines = said.split(whereSeparator: \.isNewline).map(String.init)
        let arn = "arn:aws:sts::000000000000:assumed-role/howdah-master/\(instance)"
        #expect(lines == [arn, "NoSuchKey", "AccessDenied", "AccessDenied"])
    }

    private func disk(_ lab: LabUnderTest) async throws {
        let ec2 = try LabClients(folder: lab.folder).ec2(.owner)
        let instance = try InstanceStore(folder: lab.folder).find("master").id
        let volume = try await ec2.createVolume(
            sizeGiB: 1, type: "gp3", availabilityZone: "us-east-1a",
            tags: ["Name": "local master /data +~"])
        try await ec2.attachVolume(volume.id, to: instance, device: "/dev/sdf")
        let root = try lab.root()
        try await lab.wait("the device") { root.exists("/dev/nvme1n1") }
        let serial = volume.id.split(separator: "-").joined()
        #expect(try root.text("/sys/block/nvme1n1/device/serial") == serial + "\n")
        #expect(try root.text("/sys/block/nvme1n1/size") == "2097152\n")
        let link = "/dev/disk/by-id/nvme-Amazon_Elastic_Block_Store_\(serial)"
        #expect(try root.linkTarget(link) == "../../nvme1n1")
        let script =
            "mkfs.ext4 -q dev/nvme1n1 && mkdir data && mount dev/nvme1n1 data && touch data/x"
        _ = try await lab.exec(["sh", "-c", script])
        // The mount is the instance's alone.
        #expect(try !Files(root: "/proc").text("/self/mountinfo").contains(lab.folder.path))
    }

    private func power(_ lab: LabUnderTest) async throws {
        let operations = LabOperations(folder: lab.folder)
        let root = try lab.root()
        try await operations.reboot("master")
        try await lab.wait("the second boot") { try root.text("/boots").count == 14 }
        #expect(try await lab.exec(["ls", "data"]) == "")
        let kept = try await lab.exec(["sh", "-c", "mount dev/nvme1n1 data && ls data"])
        #expect(kept.contains("x"))
        try await operations.cutPower("master")
        await #expect(throws: LabError.self) { try await operations.cutPower("master") }
        try await operations.reboot("master")
        try await lab.wait("the third boot") { try root.text("/boots").count == 21 }
        try await operations.stop("master")
        try await operations.start("master")
        try await lab.wait("the fourth boot") { try root.text("/boots").count == 28 }
        try await operations.terminate("master")
        #expect(try InstanceStore(folder: lab.folder).all().isEmpty)
    }

    @Test(arguments: [StateFolder.lab, StateFolder.forwards, StateFolder.cloud, "/instances"])
    func `a start that is killed is cleared without a trace`(at file: String) async throws {
        try await LabUnderTest.with { lab in
            try lab.folder.files.makeDirectory("/")
            let start = try DetachedProcess(
                executable: lab.howdah, arguments: lab.upArguments,
                environment: ProcessEnvironment.current, log: lab.bin + "/up.log"
            ).spawn()
            try await lab.wait(file) { lab.folder.files.exists(file) || !start.isAlive() }
            start.signal(SIGKILL)
            let id = try lab.folder.readLab().id
            if let hypervisor = try hypervisor(lab) { hypervisor.signal(SIGKILL) }
            try await lab.wait("the killed one to be gone") { !start.isAlive() }
            try await lab.down()
            #expect(try await lab.traces(id) == [])
        }
    }

    private func hypervisor(_ lab: LabUnderTest) throws -> ProcessIdentity? {
        for entry in try Ledger(lab.folder).entries() where entry.id == "process/hypervisor" {
            if case .process(_, let identity) = entry.thing { return identity }
        }
        return nil
    }
}
