import Glibc
import Support
import Testing

@testable import ImageBuild

/// Each thing that no image may hold, in a tree that holds it.
@Suite(.enabled(if: SampleImage.missing == nil, "building an image needs root"))
struct AbsenceTests {
    static let unwanted: [(path: String, text: String, words: String)] = [
        ("etc/app.conf", "id=\(SecretScanTests.keyID)\n", "holds an AWS access key"),
        (
            "opt/run.sh", "aws_secret_access_key=\(SecretScanTests.secret)\n",
            "holds an AWS secret key"
        ),
        ("etc/ssl/private/x.pem", SecretScanTests.pem, "holds a private key"),
        ("root/.aws/config", "[default]\n", "'/root/.aws': credentials"),
        ("home/ops/.aws/credentials", "[default]\n", "what a user left behind"),
        ("root/.ssh/authorized_keys", "ssh-ed25519 AAAA ops\n", "a key of one operator"),
        ("etc/hosts", "10.1.2.3 master\n", "holds the address 10.1.2.3 of a machine"),
        ("etc/howdah/cluster.yaml", "panel: http://172.31.0.9\n", "172.31.0.9"),
        ("etc/howdah/environment", "AWS_REGION=x\n", "settings of one machine"),
        ("etc/ssh/ssh_host_rsa_key", "x\n", "an ssh host key"),
        ("etc/machine-id", "0123456789abcdef0123456789abcdef\n", "must be empty"),
        ("etc/resolv.conf", "nameserver 1.1.1.1\n", "must be empty"),
        ("etc/hostname", "builder\n", "must be empty"),
        ("var/lib/dbus/machine-id", "0123\n", "the identity of one machine"),
        ("var/lib/systemd/random-seed", "x", "randomness that is to be secret"),
        ("var/lib/cloud/data/instance-id", "i-1\n", "cloud-init's state"),
        ("var/lib/howdah/state.json", "{}\n", "howdah's state"),
        ("var/log/journal/x.log", "boot\n", "a log"),
        ("root/.bash_history", "ls\n", "a history of what somebody did"),
        ("home/ops/.zsh_history", "ls\n", "a history of what somebody did"),
        ("srv/hdfs/.mysql_history", "select\n", "a history of what somebody did"),
        ("home/ops/.ssh/authorized_keys", "ssh-ed25519 AAAA ops\n", "a key of one operator"),
        ("etc/howdah/panel", "panel: http://10.0.0.5/\n", "holds the address 10.0.0.5"),
        ("opt/forbidden", "x\n", "the recipe says that it is absent"),
    ]

    @Test(arguments: unwanted)
    func `an image that holds what it must not is refused`(
        path: String, text: String, words: String
    ) async throws {
        try await withTemporaryDirectory { folder in
            let sample = try await SampleImage.make(in: folder, above: "absent: [/opt/forbidden]\n")
            try sample.write("base/tree/\(path)", text)
            let error = await #expect(throws: ImageError.self) { try await sample.build() }
            let line = error?.description ?? ""
            #expect(line.hasPrefix("the image would hold what must be absent: "))
            let folder = path.prefix(upTo: path.lastIndex(of: "/") ?? path.endIndex)
            #expect(line.contains("'/\(folder)"))
            #expect(line.contains(words), "\(line)")
            #expect(!line.contains(SecretScanTests.secret))
            #expect(!line.contains(SecretScanTests.keyID))
            let left = try sample.leftovers()
            #expect(left == [])
            #expect(access(sample.output + "/image.json", F_OK) != 0)
        }
    }

    @Test func `what a layer above takes away does not count`() async throws {
        try await withTemporaryDirectory { folder in
            let sample = try await SampleImage.make(in: folder, above: "remove: [/etc/app.conf]\n")
            try sample.write("base/tree/etc/app.conf", "id=\(SecretScanTests.keyID)\n")
            try await sample.build()
            #expect(sample.status("etc/app.conf") == nil)
        }
    }
}
