import PanelAPI
import Testing

@testable import NodeMetrics

@Suite struct RateTests {
    static let stat = """
        cpu  100 20 30 400 50 6 7 8 40 0
        cpu0 100 20 30 400 50 6 7 8 40 0
        intr 12345 0 0
        ctxt 1000
        btime 1
        """
    static let disks = """
         254       0 vda 10 0 1000 5 20 0 2000 7 0 9 9
         254       1 vda1 10 0 1000 5 20 0 2000 7 0 9 9
           7       0 loop0 1 2 3
        """
    static let interfaces = """
        Inter-|   Receive                                                |  Transmit
         face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs
            lo: 50 1 0 0 0 0 0 0 50 1 0 0 0 0 0 0
          eth0:5000 1 0 0 0 0 0 0 7000 1 0 0 0 0 0 0
        eth0:1:100 1 0 0 0 0 0 0 200 1 0 0 0 0 0 0
        """
    static let extensions = """
        TcpExt: SyncookiesSent TCPAbortOnData Other
        TcpExt: 0 7 1
        IpExt: TCPAbortOnData
        IpExt: 99
        """
    static let tcp = """
        Tcp: RtoAlgorithm RtoMin RtoMax MaxConn
        Tcp: 1 200 120000 -1
        """

    static func counters(at seconds: Double = 100) -> KernelCounters {
        var counters = KernelCounters(seconds: seconds)
        counters.take(.stat, Array(stat.utf8))
        counters.take(.load, Array("0.50 0.40 0.30 3/160 4242\n".utf8))
        counters.take(.memory, Array("nr_x 1\npgpgin 10\npgpgout 20\npgfault 30\n".utf8))
        counters.take(.disks, Array(disks.utf8)) { $0 == "vda" }
        counters.take(.interfaces, Array(interfaces.utf8)) { $0 != "lo" }
        counters.take(.tcp, Array(tcp.utf8))
        counters.take(.tcpExtensions, Array(extensions.utf8))
        return counters
    }

    @Test func `each file gives its counters`() {
        let found = Self.counters()
        #expect(
            found.processors
                == .init(user: 100, nice: 20, system: 43, idle: 400, iowait: 50, stolen: 8))
        #expect(found.contextSwitches == 1000 && found.faults == 30)
        #expect(found.running == 3 && found.tasks == 160 && found.load1 == 0.5)
        #expect(found.disks == ["vda": .init(into: 1000, out: 2000)])
        #expect(
            found.interfaces
                == ["eth0": .init(into: 5000, out: 7000), "eth0:1": .init(into: 100, out: 200)])
        #expect(found.tcpAborts == 7 && found.maximumRTO == 120_000)
    }

    @Test func `two looks make rates and shares`() {
        let old = Self.counters()
        var new = Self.counters(at: 110)
        new.processors = .init(
            user: 150, nice: 20, system: 53, idle: 430, iowait: 60, stolen: 8)
        new.contextSwitches = 1500
        new.disks = ["vda": .init(into: 1100, out: 2001), "vdb": .init(into: 1 << 40, out: 9)]
        let values = Rates.values(from: old, to: new)
        #expect(values["user"] == 50 && values["system"] == 10 && values["iowait"] == 10)
        #expect(values["ctxt"] == 50)
        // A disk that was not there before tells nothing yet.
        #expect(values["bread"] == 10 && values["bwrtn"] == 0.1)
        #expect(values["runq-sz"] == 2 && values["plist-sz"] == 160 && values["ldavg-1"] == 0.5)
        #expect(values["rto-max"] == 120_000 && values["eth-rxbyt"] == 0)
        #expect(Set(values.keys) == Set(Metric.allCases.map(\.rawValue)))
    }

    @Test func `a counter that went back is not a rate`() {
        let old = Self.counters()
        var new = Self.counters(at: 110)
        new.contextSwitches = 999
        new.faults = 0
        new.disks = ["vda": .init(into: 1, out: 2)]
        new.interfaces = [
            "eth0": .init(into: 1, out: 1), "eth0:1": .init(into: 300, out: 200),
        ]
        new.processors?.user = 99
        let values = Rates.values(from: old, to: new)
        for name in ["ctxt", "fault", "bread", "bwrtn", "user", "system", "iowait"] {
            #expect(values[name] == nil, "\(name)")
        }
        #expect(values["eth-rxbyt"] == 20 && values["pgpgin"] == 0)
    }

    @Test func `idle times that went back a little are no reset`() {
        let old = Self.counters()
        var new = Self.counters(at: 110)
        new.processors = .init(user: 175, nice: 20, system: 68, idle: 399, iowait: 49, stolen: 8)
        let values = Rates.values(from: old, to: new)
        #expect(values["user"] == 75 && values["system"] == 25 && values["iowait"] == 0)
    }

    @Test func `what cannot be read is left out, not zero`() {
        let values = Rates.values(
            from: KernelCounters(seconds: 1), to: KernelCounters(seconds: 2))
        #expect(values.isEmpty)
        // No time has passed: a look at the present is all there is.
        let now = Rates.values(from: Self.counters(), to: Self.counters())
        #expect(Set(now.keys) == ["runq-sz", "plist-sz", "ldavg-1", "rto-max"])
    }

    @Test(arguments: [
        "", "\n\n", "cpu", "cpu  a b c d", "ctxt", "ctxt -5", "ctxt 99999999999999999999999",
        "0.1", "nan 1 2 3/4", "1.0 1 1 3", "pgpgin", "Tcp:", "Tcp: RtoMax", "eth0:", ":",
        "1 2 vda x y z", "TcpExt: TCPAbortOnData\nTcpExt: -1",
    ]) func `what is no such file gives nothing and harms nothing`(text: String) {
        var counters = KernelCounters(seconds: 0)
        for file in KernelFile.allCases { counters.take(file, Array(text.utf8)) }
        #expect(counters.contextSwitches == nil && counters.tcpAborts == nil)
        #expect(counters.load1?.isFinite ?? true)
        #expect(counters.disks == [:] && counters.interfaces == [:])
        #expect(counters.maximumRTO == nil && counters.pagedIn == nil)
    }
}
