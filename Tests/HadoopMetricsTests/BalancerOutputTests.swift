import Testing

@testable import HadoopMetrics

/// What balancers print.
@Suite struct BalancerOutputTests {
    @Test(
        arguments: [
            // Java 8 to 17, Java 20 with its narrow blank, a German locale, Hadoop 1.
            "Nov 22, 2026, 3:04:05 PM    2   1.50 MB   61.25 MB   10 MB   hdfs://master:8020",
            "Nov 22, 2026, 3:04:05\u{202F}PM    2   1.50 MB   61.25 MB   10 MB   0   hdfs://m:8020",
            "22.11.2026, 15:04:05    2   1,50 MB   61,25 MB   10 MB   hdfs://master:8020",
            "Nov 22, 2026 3:04:05 PM     2     1.5 MB    61.25 MB    10 MB",
        ])
    func `a round is read, however its date is written`(line: String) throws {
        let output = BalancerOutput("Time Stamp   Iteration#  Bytes Already Moved\n\(line)\n")
        let mebibyte = 1_048_576.0
        #expect(
            output.round
                == .init(
                    number: 2, movedBytes: Int64(1.5 * mebibyte),
                    leftBytes: Int64(61.25 * mebibyte)))
        #expect(output.ending == nil && output.lastLine == line)
    }

    @Test func `the newest round counts, and lines of the log between are none`() {
        let output = BalancerOutput(
            """
            Nov 22, 2026, 3:04:05 PM  0  0 B  3.00 GB  10 MB  hdfs://master:8020
            2026-11-22 15:04:06 INFO balancer.Dispatcher: moved 1 of 4 blocks 0 0 x 1 MB
            Nov 22, 2026, 3:04:09 PM  1  1.00 GB  2.00 GB  10 MB  hdfs://master:8020
            2026-11-22 15:04:10 INFO balancer.Balancer: 2 underutilized
            """)
        #expect(output.round == .init(number: 1, movedBytes: 1 << 30, leftBytes: 2 << 30))
    }

    static let endings: [(String, BalancerOutput.Ending)] = [
        ("The cluster is balanced. Exiting...", .balanced),
        ("No block can be moved. Exiting...", .settled("No block can be moved")),
        (
            "No block has been moved for 5 iterations. Exiting...",
            .settled("No block has been moved for 5 iterations")
        ),
        (
            "java.io.IOException: Another Balancer is running..  Exiting ...",
            .early("java.io.IOException: Another Balancer is running")
        ),
        (
            "java.net.ConnectException: Call From a to b failed: Connection refused.  Exiting ...",
            .failed("java.net.ConnectException: Call From a to b failed: Connection refused")
        ),
    ]

    /// An exception of the NameNode's has its stack with it, and "Exiting" comes behind that.
    @Test func `what the NameNode refuses is told in its first line`() {
        let safe = BalancerOutput(
            """
            org.apache.hadoop.ipc.RemoteException(org.apache.hadoop.hdfs.server.namenode.\
            SafeModeException): Cannot append to file /system/balancer.id. \
            Name node is in safe mode.
            The reported blocks 0 needs additional 4 blocks to reach the threshold.
            \tat org.apache.hadoop.hdfs.server.namenode.FSNamesystem.appendFile(FSNamesystem.java)
            .  Exiting ...
            Nov 22, 2026, 3:05:06 PM  Balancing took 1.5 seconds
            """)
        guard case .early(let words) = safe.ending else {
            Issue.record("\(safe)")
            return
        }
        #expect(words.hasSuffix("Name node is in safe mode."))
        let denied = BalancerOutput(
            "a.AccessControlException: Permission denied\n\tat b\n.  Exiting ...")
        #expect(denied.ending == .failed("a.AccessControlException: Permission denied"))
        #expect(BalancerOutput("\tat b\n.  Exiting ...").ending == .failed(""))
        let log = "2026-11-22 ERROR balancer.Balancer: Exiting balancer due an exception\n"
        #expect(BalancerOutput(log).ending == nil)
    }

    /// Hadoop 2 ends with less than nothing.
    @Test func `what a round has moved is no longer left`() {
        let first = BalancerOutput("d  0  56 MB  61 MB  40 MB  hdfs://m:8020")
        #expect(first.round?.leftBytes == 61 << 20 && first.remainingBytes == 5 << 20)
        let second = BalancerOutput(
            """
            d  0  40 MB  61 MB  40 MB  hdfs://m:8020
            d  1  60 MB  21 MB  20 MB  hdfs://m:8020
            """)
        #expect(second.round?.movedBytes == 60 << 20 && second.remainingBytes == 1 << 20)
        let last = BalancerOutput("d  1  60 MB  0 B  -1 B  hdfs://m:8020")
        #expect(last.round?.number == 1 && last.remainingBytes == 0)
    }

    @Test(arguments: endings)
    func `it says why it ends`(line: String, ending: BalancerOutput.Ending) {
        let output = BalancerOutput("\(line)\nNov 22, 2026 3:05 PM  Balancing took 1.5 minutes\n")
        #expect(output.ending == ending && output.lastLine == line)
    }

    @Test(arguments: ["", "\n\n", "Exiting", "1 2 MB 3 MB", "9 -2 MB 1 MB 1 MB 1 MB"])
    func `what is no round is none`(text: String) {
        #expect(BalancerOutput(text).round == nil)
    }
}
