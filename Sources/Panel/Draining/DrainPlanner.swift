internal import HadoopMetrics
internal import PanelAPI

/// Whether a node may be drained: pure, so that tables can test it.
struct DrainPlanner: Sendable {
    static let protectTag = "howdah:protect"
    /// Of the disks of those that stay.
    static let highestUse = 0.9

    let input: DrainInput

    func plan() -> DrainPlan {
        var guards = [role, protection, launches]
        switch input.hdfs {
        case .unknown(let why):
            guards.append(.init(name: "hdfs", isOpen: false, words: why))
        case .known(let hdfs):
            guards += [
                safeMode(hdfs), blocks(hdfs), member(hdfs), left(hdfs), space(hdfs),
            ]
        }
        if let yarn = input.yarn { guards.append(containers(yarn)) }
        return DrainPlan(
            node: input.node.name, instanceID: input.node.instanceID, guards: guards,
            ranking: DrainRanking(input: input).candidates, sentence: sentence(guards))
    }

    /// Nothing stands in the way here: who tells YARN first gives them time to end.
    private func containers(_ yarn: Seen<YARNNodes>) -> Guard {
        let words =
            switch yarn {
            case .unknown(let why): "how many containers run on it is not known: \(why)"
            case .known(let nodes):
                nodes.containers(on: input.node.names).map { count in
                    "\(Amounts.count(count, "container runs", "containers run")) on it"
                } ?? "the ResourceManager lists no NodeManager of it"
            }
        return .init(name: "containers", isOpen: true, words: words)
    }

    private func sentence(_ guards: [Guard]) -> String {
        let closed = guards.filter { !$0.isOpen }.map(\.words)
        return closed.isEmpty
            ? "'\(input.node.name)' may go"
            : "'\(input.node.name)' may not go: \(closed.joined(separator: "; "))"
    }

    private var role: Guard {
        let isMaster =
            input.node.role == MasterElection.role || input.node.instanceID == input.masterID
        return .init(
            name: "role", isOpen: !isMaster,
            words: isMaster ? "it is the master" : "it is a '\(input.node.role)'")
    }

    private var protection: Guard {
        if input.node.isProtected {
            return .init(
                name: "protection", isOpen: false,
                words: "its tag '\(Self.protectTag)' says that it stays")
        }
        return switch input.protection {
        case .unknown(let why):
            .init(
                name: "protection", isOpen: false,
                words: "EC2 does not say whether it may be ended: \(why)")
        case .known(let isProtected):
            .init(
                name: "protection", isOpen: !isProtected,
                words: isProtected
                    ? "EC2 protects it from termination" : "EC2 lets it be ended")
        }
    }

    private var launches: Guard {
        .init(
            name: "launches", isOpen: input.launches == 0,
            words: input.launches == 0
                ? "no launch is in flight"
                : "the cluster grows: \(Amounts.count(input.launches, "launch", "launches")) "
                    + "in flight")
    }

    private func safeMode(_ hdfs: HDFSState) -> Guard {
        .init(
            name: "safe-mode", isOpen: hdfs.safeMode == nil,
            words: hdfs.safeMode == nil
                ? "the NameNode is out of safe mode" : "the NameNode is in safe mode")
    }

    private func blocks(_ hdfs: HDFSState) -> Guard {
        .init(
            name: "blocks", isOpen: hdfs.missingBlocks == 0 && hdfs.corruptBlocks == 0,
            words: "HDFS misses \(hdfs.missingBlocks) blocks and has \(hdfs.corruptBlocks) corrupt")
    }

    private func member(_ hdfs: HDFSState) -> Guard {
        guard let own = hdfs.dataNode(input.node.names) else {
            return .init(
                name: "datanode", isOpen: false,
                words: "the NameNode does not list it, so nobody knows what it has")
        }
        guard own.isLive else {
            return .init(
                name: "datanode", isOpen: false,
                words: "the NameNode holds it for dead: it can copy nothing any more")
        }
        if case .other(let word) = own.admin {
            return .init(
                name: "datanode", isOpen: false,
                words: "the NameNode says '\(word)' of it, not that it is in service")
        }
        let used = Amounts.bytes(own.usedBytes)
        let blocks = own.blocks.map { ", \($0) blocks" } ?? ""
        return .init(name: "datanode", isOpen: true, words: "it has \(used)\(blocks)")
    }

    private func others(_ hdfs: HDFSState) -> [HDFSState.DataNode] {
        hdfs.serving.filter { $0.names.isDisjoint(with: input.node.names) }
    }

    /// Enough DataNodes for the file that wants the most copies. In Hadoop 1 that is often
    /// `mapred.submit.replication`, 10, of a job's own files, which holds a drain for ever.
    private func left(_ hdfs: HDFSState) -> Guard {
        guard case .known(let files) = input.files, let highest = files.highestReplication else {
            let why = if case .unknown(let why) = input.files { why } else { "not looked for" }
            return .init(
                name: "nodes-left", isOpen: false,
                words: "how many copies files want is not known: \(why)")
        }
        let count = others(hdfs).count
        let needed = max(input.minimumNodes, highest)
        let which = files.highestPath.map { " ('\($0)')" } ?? ""
        let words =
            "\(Amounts.count(count, "DataNode", "DataNodes")) would be left in service, "
            + (highest >= input.minimumNodes
                ? "a file wants \(Amounts.count(highest, "copy", "copies"))\(which)"
                : "'minimum-nodes' is \(input.minimumNodes)")
        return .init(name: "nodes-left", isOpen: count >= needed, words: words)
    }

    private func space(_ hdfs: HDFSState) -> Guard {
        let others = others(hdfs)
        let capacity = others.map { Double($0.capacityBytes) }.reduce(0, +)
        let taken = others.map { Double($0.capacityBytes - $0.remainingBytes) }.reduce(0, +)
        let own = Double(hdfs.dataNode(input.node.names)?.usedBytes ?? 0)
        guard capacity > 0 else {
            return .init(name: "space", isOpen: false, words: "no other disk is known")
        }
        let share = (taken + own) / capacity
        return .init(
            name: "space", isOpen: share <= Self.highestUse,
            words: "the others' disks would be \(Amounts.percent(share)) full")
    }
}
