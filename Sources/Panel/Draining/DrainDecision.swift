internal import HadoopMetrics
internal import PanelAPI

/// What a drain looks at.
struct DrainObservation: Sendable, Equatable {
    /// Seconds since 1970.
    var now: Double
    /// By what the NameNode may know the node.
    var names: Set<String>
    /// EC2 has ended the instance for good.
    var isEnded = false
    /// What EC2 says against its end; nil where it says nothing.
    var terminationProblem: String?
    var hdfs: Seen<HDFSState>
    /// Nil where this look left them out.
    var files: Seen<HDFSFiles>?
    /// The checks; nil but for a drain that is being checked.
    var plan: DrainPlan?
    /// Its volumes with EC2's words, where it has been ended.
    var volumes: [String] = []

    var own: HDFSState.DataNode? { hdfs.value?.dataNode(names) }
}

/// How a drain goes on: a record and a look make the next record, with the sentence that says what
/// it waits for. Pure, so that tables can test it.
struct DrainDecision: Sendable {
    /// Looks in a row that must agree before what cannot be taken back.
    static let confirmations = 2
    /// Silence of the NameNode that is worth a word.
    static let quietSeconds = 60.0
    /// A NameNode that still lists an ended node so long after it was told is left at that.
    static let forgetSeconds = 1800.0

    /// Without progress for so long, the cause is shown.
    var stallSeconds = 600.0

    func next(_ record: DrainRecord, _ seen: DrainObservation) -> DrainRecord {
        switch record.state {
        case .checking: checking(record, seen)
        case .excluding, .decommissioning, .settling:
            // Somebody else has ended it: what HDFS lost by that, it copies by itself.
            seen.isEnded ? ended(record, seen) : emptying(record, seen)
        case .terminating: seen.isEnded ? ended(record, seen) : terminating(record, seen)
        case .cleaning: cleaning(record, seen)
        case .cancelling: cancelling(record, seen)
        case .done, .cancelled, .refused: record
        }
    }

    private func checking(_ record: DrainRecord, _ seen: DrainObservation) -> DrainRecord {
        guard let plan = seen.plan else { return record }
        var next = record
        next.plan = plan
        guard plan.mayGo else { return move(next, .refused, plan.sentence, seen.now) }
        return move(
            next, .excluding,
            "the master's agent is to exclude '\(record.node)' and tell the NameNode", seen.now)
    }

    private func emptying(_ record: DrainRecord, _ seen: DrainObservation) -> DrainRecord {
        guard case .known(let hdfs) = seen.hdfs else { return silent(record, seen) }
        guard let own = seen.own else {
            return stalled(record, "the NameNode does not list '\(record.node)' any more")
        }
        switch own.admin {
        case .inService: return excluding(record, seen)
        case .decommissioning: return decommissioning(record, own, hdfs, seen)
        case .decommissioned: return settling(record, hdfs, seen)
        case .other(let word):
            return stalled(record, "the NameNode says '\(word)' of '\(record.node)'")
        }
    }

    private func excluding(_ record: DrainRecord, _ seen: DrainObservation) -> DrainRecord {
        let sentence = "waits until the NameNode hears that '\(record.node)' is excluded"
        guard record.state == .excluding else {
            return move(record, .excluding, sentence, seen.now)
        }
        var next = keep(record, sentence, seen.now)
        if seen.now - record.progressAt > stallSeconds {
            next.stall =
                "the NameNode was not told for \(Amounts.span(seen.now - record.progressAt)): "
                + "does the master's agent run, and does its stack keep a list of the excluded?"
        }
        return next
    }

    private func decommissioning(
        _ record: DrainRecord, _ own: HDFSState.DataNode, _ hdfs: HDFSState,
        _ seen: DrainObservation
    ) -> DrainRecord {
        var next = record
        // Until it has counted them, the NameNode says 0.
        let left = own.blocksLeft.flatMap { $0 > 0 ? $0 : nil } ?? record.blocksLeft
        next.blocksLeft = left
        if let left { next.blocksAtStart = max(left, record.blocksAtStart ?? 0) }
        let of = next.blocksAtStart.map { " of \($0)" } ?? ""
        let sentence =
            left.map { "HDFS copies what '\(record.node)' has: \($0)\(of) blocks are left" }
            ?? "the NameNode counts what '\(record.node)' has"
        guard record.state == .decommissioning else {
            return move(next, .decommissioning, sentence, seen.now)
        }
        if left != record.blocksLeft { next.progressAt = seen.now }
        next = keep(next, sentence, seen.now)
        if seen.now - next.progressAt > stallSeconds || !own.isLive {
            next.stall = DrainStall(node: record.node, own: own, hdfs: hdfs, seen: seen).cause
        }
        return next
    }

    private func settling(
        _ record: DrainRecord, _ hdfs: HDFSState, _ seen: DrainObservation
    ) -> DrainRecord {
        let name = record.node
        guard record.state == .settling else {
            var next = record
            next.blocksLeft = 0
            return move(
                next, .settling,
                "'\(name)' is decommissioned; whether a file is being written on it is looked at",
                seen.now)
        }
        guard hdfs.missingBlocks == 0 else {
            return unsettled(
                record, seen, "HDFS misses \(hdfs.missingBlocks) blocks: nothing is ended")
        }
        switch seen.files {
        case nil: return record
        case .unknown(let why):
            return unsettled(record, seen, "whether a file is being written is not known: \(why)")
        case .known(let files):
            return settled(record, files, seen)
        }
    }

    /// Nothing that is open on it may go with it: HDFS calls a node decommissioned while the last
    /// block of a file is being written there (HDFS-17658).
    private func settled(
        _ record: DrainRecord, _ files: HDFSFiles, _ seen: DrainObservation
    ) -> DrainRecord {
        guard files.openCount == 0 else {
            var next = record
            if files.openPaths != record.openFiles { next.progressAt = seen.now }
            next.openFiles = files.openPaths
            let some = files.openPaths.prefix(3).map { "'\($0)'" }.joined(separator: ", ")
            let more = files.openCount > 3 ? " and \(files.openCount - 3) more" : ""
            return unsettled(
                next, seen, "waits until \(some)\(more), written on '\(record.node)', is closed")
        }
        var next = record
        next.openFiles = []
        guard files.thinCount == 0 else {
            let path = files.thinPath.map { ", of '\($0)'" } ?? ""
            return unsettled(
                next, seen,
                "waits until \(Amounts.count(files.thinCount, "block", "blocks"))\(path) "
                    + "on '\(record.node)', written lately, have their copies elsewhere")
        }
        next.confirmations += 1
        guard next.confirmations >= Self.confirmations else {
            return keep(
                next, "nothing is being written on '\(record.node)'; it is looked at once more",
                seen.now)
        }
        return move(next, .terminating, "EC2 is asked to end '\(record.instanceID)'", seen.now)
    }

    private func unsettled(
        _ record: DrainRecord, _ seen: DrainObservation, _ sentence: String
    ) -> DrainRecord {
        var next = keep(record, sentence, seen.now)
        next.confirmations = 0
        if seen.now - next.progressAt > stallSeconds { next.stall = sentence }
        return next
    }

    private func terminating(_ record: DrainRecord, _ seen: DrainObservation) -> DrainRecord {
        var next = keep(record, "waits until EC2 has ended '\(record.instanceID)'", seen.now)
        next.stall = seen.terminationProblem
        return next
    }

    private func ended(_ record: DrainRecord, _ seen: DrainObservation) -> DrainRecord {
        move(
            record, .cleaning,
            "EC2 has ended '\(record.instanceID)'; it stays excluded until the NameNode holds it "
                + "for dead", seen.now)
    }

    /// In this order: a node that is taken out of the list while the NameNode holds it for alive
    /// counts as one that has its blocks, and HDFS would remove copies that are needed.
    private func cleaning(_ record: DrainRecord, _ seen: DrainObservation) -> DrainRecord {
        guard case .known = seen.hdfs else {
            guard seen.now - record.progressAt > Self.forgetSeconds else {
                return silent(record, seen)
            }
            return move(
                record, .done,
                "'\(record.node)' is gone\(kept(seen)); the NameNode does not answer, and may list "
                    + "it among the excluded", seen.now)
        }
        guard let releasedAt = record.releasedAt else {
            if let own = seen.own, own.isLive {
                let silence = own.silentSeconds.map { ", heard \($0) s ago" } ?? ""
                return keep(
                    record,
                    "waits until the NameNode holds '\(record.node)' for dead\(silence); that "
                        + "takes some ten minutes, unless hdfs-site.xml says otherwise", seen.now)
            }
            var next = record
            next.releasedAt = seen.now
            next.progressAt = seen.now
            return keep(next, "takes '\(record.node)' out of the excluded", seen.now)
        }
        let isForgotten = seen.own.map { $0.admin != .decommissioned } ?? true
        guard isForgotten || seen.now - releasedAt > Self.forgetSeconds else { return record }
        let rest = isForgotten ? "" : "; the NameNode still lists it among the decommissioned"
        return move(record, .done, "'\(record.node)' is gone\(kept(seen))\(rest)", seen.now)
    }

    private func kept(_ seen: DrainObservation) -> String {
        seen.volumes.isEmpty ? "" : "; kept: \(seen.volumes.joined(separator: ", "))"
    }

    private func cancelling(_ record: DrainRecord, _ seen: DrainObservation) -> DrainRecord {
        if seen.isEnded {
            return move(
                record, .cancelled, "EC2 has ended '\(record.instanceID)' meanwhile", seen.now)
        }
        guard case .known = seen.hdfs else { return silent(record, seen) }
        guard let own = seen.own, own.admin == .inService else {
            var next = keep(record, record.sentence, seen.now)
            next.confirmations = 0
            if seen.now - record.progressAt > stallSeconds {
                next.stall =
                    "the NameNode was not told for "
                    + Amounts.span(seen.now - record.progressAt)
                    + ": does the master's agent run?"
            }
            return next
        }
        var next = record
        next.confirmations += 1
        guard next.confirmations >= Self.confirmations else { return next }
        return move(next, .cancelled, "'\(record.node)' is in service again", seen.now)
    }

    private func silent(_ record: DrainRecord, _ seen: DrainObservation) -> DrainRecord {
        var next = record
        next.confirmations = 0
        if case .unknown(let why) = seen.hdfs, seen.now - record.progressAt > Self.quietSeconds {
            next.stall = "the NameNode does not answer: \(why)"
        }
        return next
    }

    private func stalled(_ record: DrainRecord, _ cause: String) -> DrainRecord {
        var next = record
        next.confirmations = 0
        next.stall = cause
        return next
    }

    private func keep(_ record: DrainRecord, _ sentence: String, _ now: Double) -> DrainRecord {
        var next = record
        next.stall = nil
        if next.sentence != sentence {
            next.sentence = sentence
            next.changedAt = now
        }
        return next
    }

    private func move(
        _ record: DrainRecord, _ state: DrainView.State, _ sentence: String, _ now: Double
    ) -> DrainRecord {
        var next = record
        next.state = state
        next.sentence = sentence
        next.stall = nil
        next.confirmations = 0
        next.progressAt = now
        next.changedAt = now
        next.endedAt = state.isOver ? now : nil
        return next
    }
}

/// Why HDFS does not get on with a decommission.
struct DrainStall: Sendable {
    /// What Hadoop 1 asks for a job's own files, unless it is told otherwise.
    static let submitReplication = 10

    let node: String
    let own: HDFSState.DataNode
    let hdfs: HDFSState
    let seen: DrainObservation

    var cause: String {
        guard own.isLive else { return "the NameNode holds '\(node)' for dead: it copies nothing" }
        let left = hdfs.serving.count { $0.names.isDisjoint(with: seen.names) }
        let files = seen.files?.value
        if let highest = files?.highestReplication, highest > left {
            let path = files?.highestPath.map { "'\($0)'" } ?? "a file"
            let hint =
                highest == Self.submitReplication
                ? "; 10 is what mapred.submit.replication asks for a job's files" : ""
            return "\(path) wants \(highest) copies and "
                + "\(Amounts.count(left, "DataNode is", "DataNodes are")) left in service\(hint)"
        }
        if let path = files?.openPaths.first {
            return "'\(path)' is being written on '\(node)', and HDFS waits for its last block"
        }
        if hdfs.missingBlocks > 0 { return "HDFS misses \(hdfs.missingBlocks) blocks" }
        return "HDFS has copied nothing of it lately, with "
            + "\(Amounts.count(left, "DataNode", "DataNodes")) left in service"
    }
}
