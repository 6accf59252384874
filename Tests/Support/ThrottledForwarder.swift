/// A TCP forwarder on 127.0.0.1 that counts what clients send, writes down the heads of their
/// requests, and may let through no more than so many bytes: then it holds on to the connections
/// and says nothing, as a network does that went away.
public struct ThrottledForwarder: Sendable {
    public let url: String
    private let log: String

    private static let program = """
        import socket, sys, threading
        target, limit = int(sys.argv[1]), int(sys.argv[2])
        listener = socket.socket()
        listener.bind(('127.0.0.1', 0))
        listener.listen(64)
        lock, total = threading.Lock(), 0
        def say(text):
            print(text, flush=True)
        def forward(source, sink, counts):
            global total
            try:
                while True:
                    data = source.recv(65536)
                    if not data:
                        break
                    if counts:
                        with lock:
                            total += len(data)
                            if limit and total > limit:
                                say(f'stalled {total}')
                                threading.Event().wait()
                            head = data.split(b'\\r\\n\\r\\n')[0].decode('latin-1')
                            if ' HTTP/1.1\\r\\n' in head[:4096]:
                                say('head ' + head.replace('\\r\\n', '|'))
                            say(f'total {total}')
                    sink.sendall(data)
            except OSError:
                pass
            for end in (source, sink):
                try:
                    end.shutdown(socket.SHUT_RDWR)
                except OSError:
                    pass
        say(f'port {listener.getsockname()[1]}')
        while True:
            client, _ = listener.accept()
            server = socket.create_connection(('127.0.0.1', target))
            for arguments in ((client, server, True), (server, client, False)):
                threading.Thread(target=forward, args=arguments, daemon=True).start()
        """

    /// `limit` is in bytes, of all connections together; 0 is none.
    public static func with<Value>(
        to port: UInt16, limit: Int = 0, _ body: (ThrottledForwarder) async throws -> Value
    ) async throws -> Value {
        try await withTemporaryDirectory { directory in
            let log = directory + "/forwarder.log"
            let process = try ServerProcess.start(
                "/usr/bin/python3", ["-c", program, "\(port)", "\(limit)"], logPath: log)
            defer { process.stop() }
            var port: Substring?
            try await process.wait(for: "the forwarder") {
                port = lines(log, "port ").first
                return port != nil
            }
            return try await body(
                ThrottledForwarder(url: "http://127.0.0.1:\(port ?? "")", log: log))
        }
    }

    private static func lines(_ log: String, _ kind: String) -> [Substring] {
        String(decoding: readFile(log) ?? [], as: UTF8.self).split(separator: "\n")
            .filter { $0.hasPrefix(kind) }.map { $0.dropFirst(kind.count) }
    }

    /// Bytes that clients have sent.
    public var total: Int { Self.lines(log, "total ").last.flatMap { Int($0) } ?? 0 }

    /// Whether it lets nothing through any more.
    public var isStalled: Bool { !Self.lines(log, "stalled ").isEmpty }

    /// The heads of requests that came in one piece, each in one line with `|` between its lines.
    public var heads: [String] { Self.lines(log, "head ").map(String.init) }
}
