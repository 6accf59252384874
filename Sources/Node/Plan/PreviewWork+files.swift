internal import AWS
internal import Cluster
internal import Digests
internal import Host

/// The role's files as a boot would leave them.
struct PlannedFiles: Sendable {
    var written = WrittenFiles()
    /// Paths of those that would change.
    var changed: Set<String> = []
    /// What a boot would stop with.
    var failure: String?
}

extension PreviewWork {
    var expansion: Expansion {
        plan.expansion(
            root: world.paths.root, address: plan.facts.address,
            masterAddress: master ?? Self.unknownMaster, hostname: name ?? Self.unknownName)
    }

    func files() -> (StepPreview, PlannedFiles) {
        var planned = PlannedFiles()
        var step = StepPreview("files", .nothing)
        do {
            for directory in plan.part.directories {
                let path = try expansion.expand(directory.path)
                if hiddenMount(above: path) == nil, !Files().isDirectory(path) {
                    step.actions.append("makes the folder \(path)")
                }
                note(owner: directory.owner, group: directory.group, path, &step)
            }
            for file in try plan.renderedFiles(expansion) {
                try look(at: file, &step, &planned)
            }
            for (_, file) in plan.memberFiles {
                let path = try expansion.expand(file.path)
                guard try Files().readIfPresent(path) == nil else { continue }
                step.actions.append("makes \(path), of the members that the panel knows then")
            }
        } catch {
            planned.failure = "\(error)"
            step.outlook = .fail
            step.actions.append("\(error)")
            return (step, planned)
        }
        if !step.actions.isEmpty { step.outlook = .change }
        noteUnknown(&step)
        return (step, planned)
    }

    private func look(
        at file: RenderedFile, _ step: inout StepPreview, _ planned: inout PlannedFiles
    ) throws {
        let old = try Files().readIfPresent(file.path)
        let (bytes, notes) = try file.bytes(over: old)
        planned.written.digests[file.path] = file.digest(of: bytes)
        step.actions += notes
        note(owner: file.owner, group: file.group, file.path, &step)
        guard bytes != old else { return }
        planned.changed.insert(file.path)
        step.actions.append("\(old == nil ? "makes" : "changes") \(file.path)")
        let diff = UnifiedDiff.text(
            from: old.map { String(decoding: $0, as: UTF8.self) },
            to: String(decoding: bytes, as: UTF8.self), path: file.path)
        if let diff { step.diffs.append(diff) }
    }

    /// A package may bring the account: that it is not here yet is no failure.
    private func note(
        owner: String?, group: String?, _ path: String, _ step: inout StepPreview
    ) {
        do {
            _ = try Ownership(owner: owner, group: group, of: path)
        } catch {
            let line = "\(error.kind) '\(error.name)', who is to have it, comes with a package"
            if !step.later.contains(line) { step.later.append(line) }
        }
    }

    private func noteUnknown(_ step: inout StepPreview) {
        if master == nil, step.diffs.contains(where: { $0.contains(Self.unknownMaster) }) {
            step.later.append("the master's address; it stands as '\(Self.unknownMaster)'")
        }
        if name == nil, step.diffs.contains(where: { $0.contains(Self.unknownName) }) {
            step.later.append("this node's name; it stands as '\(Self.unknownName)'")
        }
    }

    // MARK: - Preparations

    var preparations: StepPreview {
        var step = StepPreview("preparations", .nothing)
        do {
            for preparation in plan.part.preparations { try look(at: preparation, &step) }
        } catch {
            step.outlook = .fail
            step.actions.append("\(error)")
        }
        if step.actions.isEmpty, step.later.isEmpty { step.actions = ["the role has none"] }
        return step
    }

    private func look(at preparation: Preparation, _ step: inout StepPreview) throws {
        let name = preparation.name
        let proof = try expansion.expand(preparation.proof)
        if let mount = proof.lazy.compactMap({ hiddenMount(above: $0) }).first {
            step.later.append("whether '\(name)' was done shows once \(mount) is mounted")
            if step.outlook == .nothing { step.outlook = .later }
            return
        }
        let files = Files()
        let state = try Preparation.state(ofProof: proof) { folder in
            files.isDirectory(folder) ? try files.list(folder) : []
        }
        switch state {
        case .done: step.actions.append("'\(name)' was done: \(proof.joined(separator: ", "))")
        case .toDo:
            if step.outlook != .fail { step.outlook = .change }
            let leave = preparation.needsLeave ? ", with the panel's leave" : ""
            let command = try expansion.expand(preparation.command).joined(separator: " ")
            step.actions.append("runs '\(name)' once\(leave): \(command)")
        case .half(let present, let missing):
            step.outlook = .fail
            step.actions.append(
                """
                '\(name)' was cut off half-way: '\(present.joined(separator: "', '"))' is there, \
                '\(missing.joined(separator: "', '"))' is not
                """)
        }
    }

    // MARK: - Daemons

    func daemons(_ planned: PlannedFiles) async -> StepPreview {
        var step = StepPreview("daemons", .nothing)
        if plan.part.daemons.isEmpty { step.actions = ["the role has none"] }
        guard planned.failure == nil else {
            step.outlook = .later
            step.later = ["whether any is started: the files would fail"]
            return step
        }
        do {
            let keeper = try DaemonKeeper(world: world, plan: plan, written: planned.written)
            for daemon in plan.part.daemons {
                let reason = try await keeper.reasonToStart(daemon, expansion, planned.changed)
                if reason.isStart { step.outlook = .change }
                step.actions.append("\(daemon.name): \(reason.words)")
            }
        } catch {
            step.outlook = .later
            step.later.append("\(error)")
        }
        return step
    }
}
