extension KernelCounters {
    /// Takes what a file says. `counts` picks the disks or interfaces that are counted, by name.
    public mutating func take(
        _ file: KernelFile, _ bytes: [UInt8], counts: (String) -> Bool = { _ in true }
    ) {
        switch file {
        case .stat: takeStat(bytes)
        case .load: takeLoad(bytes)
        case .memory: takeMemory(bytes)
        case .disks: disks = Self.disks(bytes, counts)
        case .interfaces: interfaces = Self.interfaces(bytes, counts)
        case .tcp: maximumRTO = Self.table("Tcp:", bytes)["RtoMax"]
        case .tcpExtensions: tcpAborts = Self.table("TcpExt:", bytes)["TCPAbortOnData"]
        }
    }

    private mutating func takeStat(_ bytes: [UInt8]) {
        contextSwitches = KernelText.values(of: ["ctxt"], in: bytes)["ctxt"]
        let whole = Array("cpu ".utf8)
        guard let line = KernelText.lines(bytes).first(where: { $0.starts(with: whole) }) else {
            return
        }
        let ticks = KernelText.words(line).dropFirst().map { KernelText.number($0) ?? 0 }
        // Older kernels end earlier; guests' times, which would follow, are in user and nice.
        guard ticks.count >= 4 else { return }
        func tick(_ index: Int) -> UInt64 { index < ticks.count ? ticks[index] : 0 }
        processors = Processors(
            user: tick(0), nice: tick(1), system: tick(2) &+ tick(5) &+ tick(6), idle: tick(3),
            iowait: tick(4), stolen: tick(7))
    }

    /// `0.20 0.18 0.12 1/80 11206`: the fourth has what runs and what there is.
    private mutating func takeLoad(_ bytes: [UInt8]) {
        let words = KernelText.words(bytes[...])
        guard words.count >= 4 else { return }
        load1 = Double(KernelText.text(words[0])).flatMap { $0.isFinite && $0 >= 0 ? $0 : nil }
        let counts = words[3].split(separator: UInt8(ascii: "/")).map(KernelText.number)
        guard counts.count == 2 else { return }
        running = counts[0]
        tasks = counts[1]
    }

    private mutating func takeMemory(_ bytes: [UInt8]) {
        let found = KernelText.values(of: ["pgpgin", "pgpgout", "pgfault"], in: bytes)
        pagedIn = found["pgpgin"]
        pagedOut = found["pgpgout"]
        faults = found["pgfault"]
    }

    /// `254 0 vda 4755097 343786 130765130 …`: sectors read are the sixth, written the tenth.
    private static func disks(_ bytes: [UInt8], _ counts: (String) -> Bool) -> [String: Traffic] {
        var found: [String: Traffic] = [:]
        for line in KernelText.lines(bytes) {
            let words = KernelText.words(line)
            guard words.count >= 10, let read = KernelText.number(words[5]),
                let written = KernelText.number(words[9])
            else { continue }
            let name = KernelText.text(words[2])
            if counts(name) { found[name] = Traffic(into: read, out: written) }
        }
        return found
    }

    /// `  eth0: 5032243851 113475 …`: bytes received are first behind the colon, sent the ninth.
    private static func interfaces(
        _ bytes: [UInt8], _ counts: (String) -> Bool
    ) -> [String: Traffic] {
        var found: [String: Traffic] = [:]
        for line in KernelText.lines(bytes) {
            // A name may have a colon of its own (an alias); numbers have none.
            guard let colon = line.lastIndex(of: UInt8(ascii: ":")) else { continue }
            let words = KernelText.words(line[(colon + 1)...])
            guard words.count >= 9, let received = KernelText.number(words[0]),
                let sent = KernelText.number(words[8])
            else { continue }
            let name = KernelText.text(line[..<colon].drop { $0 == UInt8(ascii: " ") })
            if counts(name) { found[name] = Traffic(into: received, out: sent) }
        }
        return found
    }

    /// Two lines with the same first word: names, then values. Negative ones are left out.
    private static func table(_ title: String, _ bytes: [UInt8]) -> [String: UInt64] {
        let start = Array(title.utf8)
        let lines = KernelText.lines(bytes).filter { $0.starts(with: start) }
        guard lines.count >= 2 else { return [:] }
        let pairs = zip(KernelText.words(lines[0]), KernelText.words(lines[1])).dropFirst()
        var found: [String: UInt64] = [:]
        for (name, value) in pairs { found[KernelText.text(name)] = KernelText.number(value) }
        return found
    }
}
