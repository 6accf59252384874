internal import CCurl
internal import Glibc
internal import Synchronization

/// libcurl's multi interface on a thread of its own. The thread lives until `stop`.
///
/// File writes and hashes happen on this thread too: a transfer is bound by the network long
/// before one core's SHA-256 is, and so nothing has to be queued between the two.
final class CurlLoop: Sendable {
    private struct Mail {
        var incoming: [CurlTransfer] = []
        var cancelled: [CurlTransfer] = []
        var isStopped = false
    }

    /// Thread-safe where libcurl says so: `curl_multi_wakeup` alone is called by others.
    private struct Multi: @unchecked Sendable {
        let handle: UnsafeMutableRawPointer
    }

    private let multi: Multi
    private let mail = Mutex(Mail())

    static let maximumConnections = 128

    private static let initialised: Bool = curl_global_init(Int(howdah_curl_global_all)) == CURLE_OK

    private init(_ handle: UnsafeMutableRawPointer) { multi = Multi(handle: handle) }

    static func start(maximumConnectionsPerHost: Int) -> CurlLoop {
        precondition(initialised)
        guard let handle = curl_multi_init() else { preconditionFailure("out of memory") }
        howdah_curl_multi_set_long(handle, CURLMOPT_MAX_TOTAL_CONNECTIONS, maximumConnections)
        howdah_curl_multi_set_long(
            handle, CURLMOPT_MAX_HOST_CONNECTIONS, maximumConnectionsPerHost)
        let loop = CurlLoop(handle)
        var thread = pthread_t()
        let context = Unmanaged.passRetained(loop).toOpaque()
        let made = pthread_create(
            &thread, nil,
            { context in
                guard let context else { return nil }
                Unmanaged<CurlLoop>.fromOpaque(context).takeRetainedValue().run()
                return nil
            }, context)
        precondition(made == 0, "could not start a thread")
        pthread_detach(thread)
        return loop
    }

    deinit { curl_multi_cleanup(multi.handle) }

    func submit(_ transfer: CurlTransfer) {
        mail.withLock { $0.incoming.append(transfer) }
        curl_multi_wakeup(multi.handle)
    }

    func cancel(_ transfer: CurlTransfer) {
        transfer.cancelled.store(true, ordering: .releasing)
        mail.withLock { $0.cancelled.append(transfer) }
        curl_multi_wakeup(multi.handle)
    }

    func stop() {
        mail.withLock { $0.isStopped = true }
        curl_multi_wakeup(multi.handle)
    }

    /// With CURLOPT_NOSIGNAL libcurl leaves SIGPIPE alone, and OpenSSL writes to sockets that the
    /// other side has closed: blocked here, it becomes an error like any other.
    private static func blockBrokenPipe() {
        var signals = sigset_t()
        sigemptyset(&signals)
        sigaddset(&signals, SIGPIPE)
        pthread_sigmask(SIG_BLOCK, &signals, nil)
    }

    private func run() {
        CurlLoop.blockBrokenPipe()
        var active: [UnsafeMutableRawPointer: CurlTransfer] = [:]
        var held = HeldTransfers()
        while true {
            let now = mail.withLock { mail in
                defer { mail = Mail(isStopped: mail.isStopped) }
                return mail
            }
            for transfer in now.incoming { start(transfer, &active) }
            for transfer in now.cancelled where active[transfer.easy] != nil {
                held.forget(transfer)
                end(transfer, .failure(transfer.error(.cancelled)), &active)
            }
            if now.isStopped { break }
            var running: Int32 = 0
            curl_multi_perform(multi.handle, &running)
            collect(&active, &held)
            for transfer in active.values where transfer.relay != nil {
                _ = held.hold(transfer)
            }
            wait(&active, &held)
        }
        for transfer in active.values {
            end(transfer, .failure(transfer.error(.cancelled)), &active)
        }
    }

    private func start(
        _ transfer: CurlTransfer, _ active: inout [UnsafeMutableRawPointer: CurlTransfer]
    ) {
        active[transfer.easy] = transfer
        if transfer.cancelled.load(ordering: .acquiring) {
            end(transfer, .failure(transfer.error(.cancelled)), &active)
        } else {
            curl_multi_add_handle(multi.handle, transfer.easy)
        }
    }

    /// Until libcurl, a reader that was behind, or a caller has something to do.
    private func wait(
        _ active: inout [UnsafeMutableRawPointer: CurlTransfer], _ held: inout HeldTransfers
    ) {
        guard !held.isEmpty else {
            curl_multi_poll(multi.handle, nil, 0, 60_000, nil)
            return
        }
        var descriptors = held.descriptors
        curl_multi_poll(
            multi.handle, &descriptors, UInt32(descriptors.count), HeldTransfers.pollMilliseconds,
            nil)
        for (transfer, result) in held.release(descriptors) {
            held.forget(transfer)
            end(transfer, result, &active)
        }
    }

    private func collect(
        _ active: inout [UnsafeMutableRawPointer: CurlTransfer], _ held: inout HeldTransfers
    ) {
        var left: Int32 = 0
        while let message = curl_multi_info_read(multi.handle, &left) {
            guard message.pointee.msg == CURLMSG_DONE,
                let easy = message.pointee.easy_handle, let transfer = active[easy]
            else { continue }
            // The message is gone once its handle is removed.
            let code = howdah_curl_message_result(message)
            let result = transfer.outcome(code)
            guard !held.hold(transfer, result) else { continue }
            held.forget(transfer)
            end(transfer, result, &active)
        }
    }

    private func end(
        _ transfer: CurlTransfer, _ result: Result<HTTPResponse, TransferError>,
        _ active: inout [UnsafeMutableRawPointer: CurlTransfer]
    ) {
        curl_multi_remove_handle(multi.handle, transfer.easy)
        active[transfer.easy] = nil
        transfer.finish?(result)
        transfer.finish = nil
    }
}
