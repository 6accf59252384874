internal import FoundationEssentials
internal import HadoopMetrics
internal import Synchronization
internal import Transfer

/// An HDFS, as a drain looks at it.
protocol HDFSView: Sendable {
    func state(_ nameNode: NameNodePlace) async -> Seen<HDFSState>
    /// Looks through all files: the most copies that one wants, and those that are being written
    /// on one of the addresses.
    func files(_ nameNode: NameNodePlace, on addresses: Set<String>) async -> Seen<HDFSFiles>
}

/// Where a NameNode's pages are.
struct NameNodePlace: Sendable, Equatable {
    /// Dotted IPv4.
    var address: String
    var port: Int
    /// HDFS's superuser, whom `fsck` shows all files.
    var user: String
}

/// A NameNode's own pages.
struct LiveHDFS: HDFSView {
    static let stateLimits = TransferLimits(
        connect: .seconds(5), total: .seconds(20), maximumBody: Int64(HadoopJMX.maximumBytes))
    /// A hundred million files are some ten gigabytes of lines; more are not waited for.
    static let filesLimits = TransferLimits(
        connect: .seconds(5), total: .seconds(1800), stall: .seconds(120), maximumBody: 16 << 30)

    let transfer: TransferClient

    func state(_ nameNode: NameNodePlace) async -> Seen<HDFSState> {
        do {
            let answer = try await transfer.send(
                Self.request(nameNode, HDFSState.path), limits: Self.stateLimits)
            guard answer.status == 200 else {
                return .unknown("status \(answer.status) of its /jmx")
            }
            return .known(try HDFSState(jmx: answer.body))
        } catch {
            return .unknown("\(error)")
        }
    }

    func files(
        _ nameNode: NameNodePlace, on addresses: Set<String>
    ) async -> Seen<HDFSFiles> {
        let listing = Mutex(FsckListing(addresses: addresses))
        do {
            let request = Self.request(nameNode, FsckListing.request(user: nameNode.user))
            let answer = try await transfer.lines(request, limits: Self.filesLimits) { line in
                listing.withLock { $0.read(line) }
            }
            guard answer.status == 200 else {
                return .unknown("status \(answer.status) of its /fsck")
            }
        } catch {
            return .unknown("\(error)")
        }
        let read = listing.withLock { $0 }
        if let failure = read.failure { return .unknown("'\(nameNode.user)' cannot: \(failure)") }
        guard read.isWhole else { return .unknown("its /fsck was cut short") }
        return .known(
            HDFSFiles(
                highestReplication: read.highestReplication, highestPath: read.highestPath,
                openCount: read.openCount, openPaths: read.openPaths, thinCount: read.thinCount,
                thinPath: read.thinPath))
    }

    private static func request(_ nameNode: NameNodePlace, _ path: String) -> HTTPRequest {
        var request = HTTPRequest("GET", "http://\(nameNode.address):\(nameNode.port)\(path)")
        request.proxyBypass = true
        return request
    }
}
