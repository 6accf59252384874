internal import CCurl

/// Transfers that wait until whoever reads what they fetch has caught up.
struct HeldTransfers {
    private struct Entry {
        let transfer: CurlTransfer
        let relay: SocketRelay
        let until: ContinuousClock.Instant
        /// What libcurl said of a transfer that it has ended with.
        let result: Result<HTTPResponse, TransferError>?
    }

    private var entries: [Entry] = []

    /// While any waits, the loop looks at their deadlines so often.
    static let pollMilliseconds: Int32 = 1000

    var isEmpty: Bool { entries.isEmpty }

    /// Holds a transfer whose reader is behind; false if it is not, or is held already.
    /// `result` is nil while libcurl has more to fetch.
    mutating func hold(
        _ transfer: CurlTransfer, _ result: Result<HTTPResponse, TransferError>? = nil
    ) -> Bool {
        guard let relay = transfer.relay, relay.isBlocked, !transfer.isHeld else { return false }
        transfer.isHeld = true
        entries.append(
            Entry(
                transfer: transfer, relay: relay, until: .now.advanced(by: relay.patience),
                result: result))
        return true
    }

    mutating func forget(_ transfer: CurlTransfer) {
        if transfer.isHeld { entries.removeAll { $0.transfer === transfer } }
        transfer.isHeld = false
    }

    /// What the loop is to wait for besides libcurl's own.
    var descriptors: [curl_waitfd] {
        entries.map {
            curl_waitfd(
                fd: $0.relay.waitDescriptor, events: Int16(CURL_WAIT_POLLOUT), revents: 0)
        }
    }

    /// Sends what can be sent to those that are `ready`, as `descriptors` has them after the wait:
    /// lets those go on that have caught up, and returns those that are at their end.
    mutating func release(
        _ ready: [curl_waitfd]
    ) -> [(CurlTransfer, Result<HTTPResponse, TransferError>)] {
        var ended: [(CurlTransfer, Result<HTTPResponse, TransferError>)] = []
        let now = ContinuousClock.now
        for (entry, descriptor) in zip(entries, ready) {
            let transfer = entry.transfer
            if descriptor.revents != 0, let failure = entry.relay.flush() {
                ended.append((transfer, .failure(transfer.error(failure))))
            } else if !entry.relay.isBlocked {
                forget(transfer)
                if let result = entry.result {
                    ended.append((transfer, result))
                } else {
                    curl_easy_pause(transfer.easy, CURLPAUSE_CONT)
                }
            } else if entry.until <= now {
                ended.append((transfer, .failure(transfer.error(.receiverSlow))))
            }
        }
        return ended
    }
}
