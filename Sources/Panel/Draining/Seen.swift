internal import HadoopMetrics

/// What somebody else answered, or why there is no answer: no answer is never taken for a zero.
enum Seen<Value: Sendable & Equatable>: Sendable, Equatable {
    case known(Value)
    case unknown(String)

    var value: Value? {
        if case .known(let value) = self { value } else { nil }
    }
}

/// The files of an HDFS, as far as a drain asks.
struct HDFSFiles: Sendable, Equatable {
    /// The most copies that a file asks for; nil where that was not looked for.
    var highestReplication: Int?
    var highestPath: String?
    /// Files that are being written on the node that is drained, and names of some.
    var openCount = 0
    var openPaths: [String] = []
    /// Blocks on it with too few copies elsewhere, and a file that has one.
    var thinCount = 0
    var thinPath: String?
}
