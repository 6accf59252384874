/// What a variable of a stack or of the cluster file's settings stands for.
public enum StackVariable: String, Sendable, Hashable, CaseIterable {
    /// Prefix of every path: empty on a real instance, the instance's folder in a light one.
    case root
    /// Of the first storage of the cluster file, with the root before it.
    case storageMount = "storage.mount"
    case masterAddress = "master.address"
    /// The master's name in the hosts file.
    case masterName = "master.name"
    case nodeAddress = "node.address"
    case nodeHostname = "node.hostname"
    case nodeInstanceID = "node.instance-id"
    case nodeZone = "node.zone"
    case nodeRole = "node.role"
    case clusterName = "cluster.name"
    /// Of ``MachineSize``, as a whole number.
    case machineMemory = "machine.memory-mib"
    case machineProcessors = "machine.processors"
    case heap = "sizing.heap-mib"
    case masterHeap = "sizing.master-heap-mib"
    case work = "sizing.work-mib"
    case slots = "sizing.slots"
    case mapSlots = "sizing.map-slots"
    case reduceSlots = "sizing.reduce-slots"
    case slotMemory = "sizing.slot-mib"
    case taskHeap = "sizing.task-heap-mib"
    /// Bytes a second that balancing may take of a DataNode; in a `balancer` alone.
    case balancerBandwidth = "balancer.bandwidth"
    /// In points of a percent, likewise.
    case balancerThreshold = "balancer.threshold"
}

/// Replaces `${name}` in texts. `$${` stands for a plain `${`, for Hadoop's own variables.
public struct Expansion: Sendable, Equatable {
    public enum Failure: Error, Equatable, CustomStringConvertible {
        case unknown(String, nearest: String?)
        case unclosed(String)
        /// Known, but this node has no value for it.
        case noValue(String)

        public var description: String {
            switch self {
            case .unknown(let name, let nearest):
                "unknown variable '${\(name)}'"
                    + (nearest.map { ", did you mean '${\($0)}'?" } ?? ";")
                    + " write '$${\(name)}' if it is not ours"
            case .unclosed(let text): "'${' without '}' in '\(text)'"
            case .noValue(let name): "'${\(name)}' has no value here"
            }
        }
    }

    public var values: [StackVariable: String]

    public init(_ values: [StackVariable: String]) {
        self.values = values
    }

    /// The text with every variable replaced by its value.
    public func expand(_ text: String) throws(Failure) -> String {
        var expanded = ""
        for piece in try Self.pieces(of: text) {
            switch piece {
            case .text(let plain): expanded += plain
            case .variable(let variable):
                guard let value = values[variable] else {
                    throw .noValue(variable.rawValue)
                }
                expanded += value
            }
        }
        return expanded
    }

    public func expand(_ table: [String: String]) throws(Failure) -> [String: String] {
        var expanded: [String: String] = [:]
        for (key, value) in table { expanded[key] = try expand(value) }
        return expanded
    }

    public func expand(_ texts: [String]) throws(Failure) -> [String] {
        var expanded: [String] = []
        for text in texts { expanded.append(try expand(text)) }
        return expanded
    }

    /// The variables that a text uses.
    public static func references(in text: String) throws(Failure) -> Set<StackVariable> {
        var references: Set<StackVariable> = []
        for case .variable(let variable) in try pieces(of: text) { references.insert(variable) }
        return references
    }

    private enum Piece {
        case text(String)
        case variable(StackVariable)
    }

    private static func pieces(of text: String) throws(Failure) -> [Piece] {
        var pieces: [Piece] = []
        var rest = text[...]
        while let dollar = rest.firstIndex(of: "$") {
            pieces.append(.text(String(rest[..<dollar])))
            rest = rest[dollar...]
            if rest.hasPrefix("$${") {
                pieces.append(.text("${"))
                rest = rest.dropFirst(3)
            } else if rest.hasPrefix("${") {
                guard let end = rest.firstIndex(of: "}") else {
                    throw .unclosed(String(rest.prefix(40)))
                }
                pieces.append(.variable(try variable(String(rest[..<end].dropFirst(2)))))
                rest = rest[end...].dropFirst()
            } else {
                pieces.append(.text("$"))
                rest = rest.dropFirst()
            }
        }
        return pieces + [.text(String(rest))]
    }

    private static func variable(_ name: String) throws(Failure) -> StackVariable {
        guard let variable = StackVariable(rawValue: name) else {
            let known = StackVariable.allCases.map(\.rawValue)
            throw .unknown(name, nearest: Spelling.nearest(to: name, in: known))
        }
        return variable
    }
}
