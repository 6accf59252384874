import ConfigFiles
import Testing

@Suite struct SystemdUnitTests {
    static let plain = SystemdUnit(
        description: "Howdah: namenode", command: ["/usr/bin/hdfs", "namenode"],
        environment: ["JAVA_HOME": "/usr/lib/jvm/java-17", "A": "b c"], user: "hdfs",
        workingDirectory: "/var/lib/hadoop", log: "/var/log/howdah/namenode.log",
        mounts: ["/data"], after: ["howdah-zookeeper.service"], stopSeconds: 45, inputs: "0a1b")

    @Test func `a unit is written as systemd reads it`() throws {
        #expect(
            try Self.plain.render() == """
                # Written by howdah-node at boot: change the cluster file instead.
                [Unit]
                Description=Howdah: namenode
                RequiresMountsFor="/data"
                After=howdah-zookeeper.service
                StartLimitIntervalSec=10min
                StartLimitBurst=5

                [Service]
                Type=exec
                ExecStart=:/usr/bin/hdfs namenode
                Environment="A=b c"
                Environment=JAVA_HOME=/usr/lib/jvm/java-17
                User=hdfs
                WorkingDirectory=/var/lib/hadoop
                StandardOutput=append:/var/log/howdah/namenode.log
                StandardError=inherit
                Restart=on-failure
                RestartSec=5s
                SuccessExitStatus=143
                KillMode=control-group
                TimeoutStopSec=45s
                LimitNOFILE=131072
                TasksMax=infinity
                Slice=howdah.slice

                [X-Howdah]
                X-Inputs=0a1b

                """)
    }

    @Test func `what is added to another's service leaves what it runs alone`() throws {
        #expect(
            try Self.plain.renderDropIn() == """
                # Written by howdah-node at boot: change the cluster file instead.
                [Unit]
                RequiresMountsFor="/data"
                After=howdah-zookeeper.service

                [Service]
                Environment="A=b c"
                Environment=JAVA_HOME=/usr/lib/jvm/java-17
                TimeoutStopSec=45s
                LimitNOFILE=131072
                TasksMax=infinity
                Slice=howdah.slice

                [X-Howdah]
                X-Inputs=0a1b

                """)
    }

    @Test func `what a unit was made from is read back from its text`() throws {
        #expect(SystemdUnit.inputs(in: try Self.plain.render()) == "0a1b")
        #expect(SystemdUnit.inputs(in: "[Unit]\nDescription=somebody's\n") == nil)
    }

    @Test(arguments: [
        ("a b", "\"a b\""), ("", "\"\""), ("100%", "\"100%%\""), ("$HOME", "\"$HOME\""),
        (";", "\";\""), ("say \"hi\"", "\"say \\\"hi\\\"\""), ("a\\b", "\"a\\\\b\""),
        ("two\nlines", "\"two\\x0alines\""), ("-Dx=y", "-Dx=y"), ("é", "\"é\""),
    ]) func `a word is quoted where it has to be`(word: String, written: String) throws {
        var unit = Self.plain
        unit.command = ["/bin/echo", word]
        #expect(try unit.render().contains("\nExecStart=:/bin/echo \(written)\n"))
    }

    @Test func `what a unit cannot say is refused with its key`() {
        func refused(_ key: String, _ change: (inout SystemdUnit) -> Void) {
            var unit = Self.plain
            change(&unit)
            #expect { try unit.render() } throws: { ($0 as? SystemdUnit.Failure)?.key == key }
        }
        refused("ExecStart") { $0.command = ["hdfs"] }
        refused("ExecStart") { $0.command = [] }
        refused("ExecStart") { $0.command = ["/bin/echo", "a\0b"] }
        refused("Environment") { $0.environment = ["A-B": "c"] }
        refused("Environment") { $0.environment = ["A": "bell \u{7}"] }
        refused("User") { $0.user = "hdfs\nExecStartPre=/bin/rm" }
        refused("WorkingDirectory") { $0.workingDirectory = "/srv\nUser=root" }
        refused("StandardOutput") { $0.log = "/var/log/x\\" }
        refused("RequiresMountsFor") { $0.mounts = ["data"] }
        refused("After") { $0.after = ["a b"] }
        refused("Description") { $0.description = "" }
    }
}
