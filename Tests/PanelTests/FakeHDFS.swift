import HadoopMetrics
import Synchronization

@testable import Panel

/// An HDFS as a table. It knows DataNodes by their addresses.
final class FakeHDFS: HDFSView {
    struct State {
        var state = Seen.known(HDFSState(openFiles: 0, dataNodes: []))
        var files = Seen.known(HDFSFiles(highestReplication: 2, highestPath: "/two"))
        var asked: [NameNodePlace] = []
        var listings = 0
    }

    private let table = Mutex(State())

    func edit<Value: Sendable>(_ change: (inout sending State) -> sending Value) -> Value {
        table.withLock { change(&$0) }
    }

    /// All live, each with as much on it as its number says.
    func serve(_ addresses: [String]) {
        let nodes = addresses.enumerated().map { index, address in
            var node = HDFSState.DataNode(names: [address], isLive: true, admin: .inService)
            node.capacityBytes = 1000
            node.usedBytes = Int64(10 * (index + 1))
            node.remainingBytes = 900
            node.blocks = index + 1
            return node
        }
        edit { $0.state = .known(HDFSState(openFiles: 0, dataNodes: nodes)) }
    }

    func change(_ address: String, _ change: (inout HDFSState.DataNode) -> Void) {
        edit { table in
            guard case .known(var state) = table.state else { return }
            for index in state.dataNodes.indices
            where state.dataNodes[index].names.contains(address) {
                change(&state.dataNodes[index])
            }
            table.state = .known(state)
        }
    }

    func state(_ nameNode: NameNodePlace) async -> Seen<HDFSState> {
        edit { table in
            table.asked.append(nameNode)
            return table.state
        }
    }

    func files(
        _ nameNode: NameNodePlace, on addresses: Set<String>
    ) async -> Seen<HDFSFiles> {
        edit { table in
            table.listings += 1
            return table.files
        }
    }
}
