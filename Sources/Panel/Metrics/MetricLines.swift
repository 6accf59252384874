internal import Logging
internal import MetricFormats
internal import NIOCore

/// Lines of collectors over TCP: Graphite's plaintext, or OpenTSDB's `put`.
struct MetricLines: Sendable {
    enum Form: Sendable {
        case graphite, openTSDB
    }

    /// Wrong lines of one connection that are answered; then it is closed.
    static let maximumErrors = 100

    let form: Form
    let intake: MetricIntake
    let logger: Logger

    /// Reads until the sender ends. Its lines are stored chunk by chunk: while one is being stored,
    /// no more is read.
    func serve(
        _ inbound: NIOAsyncChannelInboundStream<ByteBuffer>,
        _ outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>
    ) async throws {
        var rest = ByteBuffer()
        var errors = 0
        for try await chunk in inbound {
            rest.writeImmutableBuffer(chunk)
            let (points, answers) = Self.read(&rest, form)
            let receipt = try await intake.take(points)
            errors += answers.errors
            if errors > 0 || !receipt.refused.isEmpty {
                logger.debug(
                    "lines refused",
                    metadata: ["wrong": "\(answers.errors)", "others": "\(receipt.refused)"])
            }
            if !answers.text.isEmpty { try await outbound.write(ByteBuffer(string: answers.text)) }
            guard !answers.isOver, errors <= Self.maximumErrors,
                rest.readableBytes <= MetricPoint.maximumLineBytes
            else { return }
            rest.discardReadBytes()
        }
    }

    struct Answers: Sendable, Equatable {
        /// What the sender is told; Graphite's is told nothing.
        var text = ""
        var errors = 0
        var isOver = false
    }

    /// The points of the whole lines in `buffer`, which keeps what follows the last of them.
    static func read(_ buffer: inout ByteBuffer, _ form: Form) -> ([MetricPoint], Answers) {
        var points: [MetricPoint] = []
        var answers = Answers()
        let bytes = buffer.readableBytesView
        var start = bytes.startIndex
        while !answers.isOver, let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) {
            var line = Substring(decoding: bytes[start..<end], as: UTF8.self)
            if line.hasSuffix("\r") { line = line.dropLast() }
            start = end + 1
            read(line, form, &points, &answers)
        }
        buffer.moveReaderIndex(forwardBy: start - bytes.startIndex)
        return (points, answers)
    }

    private static func read(
        _ line: Substring, _ form: Form, _ points: inout [MetricPoint], _ answers: inout Answers
    ) {
        if line.allSatisfy({ $0 == " " }) { return }
        if form == .openTSDB, line == "exit" || line == "version" {
            answers.isOver = line == "exit"
            if line == "version" { answers.text += "howdah-panel\n" }
            return
        }
        do throws(MetricPointError) {
            guard line.utf8.count <= MetricPoint.maximumLineBytes else {
                throw MetricPointError("a line of more than \(MetricPoint.maximumLineBytes) bytes")
            }
            points.append(
                form == .graphite
                    ? try GraphiteLine.parse(line) : try OpenTSDB.parse(line))
        } catch {
            answers.errors += 1
            if form == .openTSDB { answers.text += "put: illegal argument: \(error)\n" }
        }
    }
}
