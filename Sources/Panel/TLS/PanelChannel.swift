internal import HummingbirdCore
internal import Logging
internal import NIOCore
internal import NIOSSL
internal import Synchronization

/// A connection of the panel: counted by its address, in TLS where there is a certificate, and
/// ended where it is slower than `ConnectionLimits` allow.
struct PanelChannel: ServerChildChannel, HTTPChannelHandler {
    typealias Value = HTTP1Channel.Value

    private let base: HTTP1Channel
    private let tls: TLSKeeper?
    private let counter: AddressCounter

    init(
        responder: @escaping HTTPChannelHandler.Responder, tls: TLSKeeper?,
        limits: ConnectionLimits
    ) {
        var decoder = HTTP1Channel.Configuration.DecoderConfiguration()
        decoder.maxHeaderFieldSize = ConnectionLimits.maximumHeaderBytes
        decoder.maxHeaderListSize = ConnectionLimits.maximumHeaderBytes
        decoder.maxHeaderFieldCount = 100
        base = HTTP1Channel(
            responder: responder,
            configuration: .init(
                additionalChannelHandlers: [SlowClientHandler(limits)],
                httpDecoderConfiguration: decoder))
        self.tls = tls
        counter = AddressCounter(maximum: limits.perAddress)
    }

    var responder: HTTPChannelHandler.Responder { base.responder }

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        let isOneTooMany = !counter.enter(channel)
        let ready = channel.eventLoop.makeCompletedFuture {
            try Self.bound(channel)
            guard let tls else { return }
            try channel.pipeline.syncOperations.addHandler(
                NIOSSLServerHandler(context: tls.context))
        }
        return ready.flatMap { [base] in base.setup(channel: channel, logger: logger) }.map {
            // Not as a failure: that would be the listening socket's, and end it.
            if isOneTooMany { channel.close(promise: nil) }
            return $0
        }
    }

    /// A connection keeps the memory that its largest reads took: one buffer that a heartbeat fits
    /// into, not four that grow with what was sent once.
    private static func bound(_ channel: any Channel) throws {
        let options = channel.syncOptions
        try options?.setOption(
            .recvAllocator,
            value: FixedSizeRecvByteBufferAllocator(capacity: ConnectionLimits.readBytes))
        try options?.setOption(.maxMessagesPerRead, value: 1)
    }

    func handle(value: Value, logger: Logger) async {
        await base.handle(value: value, logger: logger)
    }
}

/// How many connections each address has.
final class AddressCounter: Sendable {
    private let maximum: Int
    private let counts = Mutex<[String: Int]>([:])

    init(maximum: Int) { self.maximum = maximum }

    /// Counts a connection until it is closed. False if it is one too many.
    func enter(_ channel: any Channel) -> Bool {
        let address = channel.remoteAddress?.ipAddress ?? "unknown"
        let count = add(1, to: address)
        channel.closeFuture.whenComplete { _ in _ = self.add(-1, to: address) }
        return count <= maximum
    }

    private func add(_ number: Int, to address: String) -> Int {
        counts.withLock { counts in
            let count = counts[address, default: 0] + number
            counts[address] = count > 0 ? count : nil
            return count
        }
    }
}
