internal import NIOCore
internal import NIOHTTPTypes

/// Ends a connection whose client takes too long with a request or with taking its answer: a place
/// that is held by one who sends a byte a minute is nobody else's.
final class SlowClientHandler: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    private let limits: ConnectionLimits
    /// Ends the connection where the rest of a request does not come.
    private var reading: Scheduled<Void>?
    /// Looks at whether an answer is taken.
    private var writing: Scheduled<Void>?
    /// Ends it where the panel stops and this goes on.
    private var stopping: Scheduled<Void>?
    /// Bytes of answers handed over so far, and those that were taken of them at the last look, if
    /// some were not.
    private var written = 0
    private var taken: Int?
    /// Requests whose end has come, answers whose end was handed over, and those whose end has
    /// gone out.
    private var requests = 0
    private var ends = 0
    private var answers = 0
    private var isInBody = false

    init(_ limits: ConnectionLimits) { self.limits = limits }

    func handlerAdded(context: ChannelHandlerContext) {
        if context.channel.isActive { wait(limits.header, context) }
    }

    func channelActive(context: ChannelHandlerContext) {
        wait(limits.header, context)
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        stop()
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) { stop() }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event is ChannelShouldQuiesceEvent, stopping == nil {
            stopping = close(after: limits.answer, context)
        }
        context.fireUserInboundEventTriggered(event)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head:
            isInBody = true
            wait(limits.body, context)
        case .body: break
        case .end:
            isInBody = false
            requests += 1
            reading?.cancel()
            reading = nil
            rest(context)
        }
        context.fireChannelRead(data)
    }

    func write(
        context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?
    ) {
        if writing == nil { look(context) }
        let part = unwrapOutboundIn(data)
        if case .body(let bytes) = part { written += bytes.readableBytes }
        guard case .end = part else { return context.write(data, promise: promise) }
        ends += 1
        let sent = promise ?? context.eventLoop.makePromise()
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        sent.futureResult.whenSuccess {
            let (handler, context) = bound.value
            handler.answered(context)
        }
        context.write(data, promise: sent)
    }

    private func answered(_ context: ChannelHandlerContext) {
        answers += 1
        // Another answer may wait behind this one already.
        guard answers == ends else { return }
        writing?.cancel()
        writing = nil
        taken = nil
        rest(context)
    }

    /// Between requests a connection may be kept for a while.
    private func rest(_ context: ChannelHandlerContext) {
        if !isInBody, requests == answers, context.channel.isActive { wait(limits.idle, context) }
    }

    private func wait(_ limit: TimeAmount, _ context: ChannelHandlerContext) {
        reading?.cancel()
        reading = close(after: limit, context)
    }

    private func look(_ context: ChannelHandlerContext) {
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        writing = context.eventLoop.scheduleTask(in: limits.answer) {
            let (handler, context) = bound.value
            handler.judge(context)
        }
    }

    /// Nothing that waits to be sent is the panel's own slowness.
    private func judge(_ context: ChannelHandlerContext) {
        let left = (try? context.channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? 0
        let now = written - left
        if left > 0, let taken, now < taken + ConnectionLimits.minimumAnswerBytes {
            return context.channel.close(promise: nil)
        }
        taken = left > 0 ? now : nil
        look(context)
    }

    private func close(
        after limit: TimeAmount, _ context: ChannelHandlerContext
    ) -> Scheduled<Void> {
        let channel = context.channel
        return context.eventLoop.scheduleTask(in: limit) { channel.close(promise: nil) }
    }

    private func stop() {
        for task in [reading, writing, stopping] { task?.cancel() }
        (reading, writing, stopping) = (nil, nil, nil)
    }
}
