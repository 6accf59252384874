internal import CCurl
internal import Synchronization

/// One attempt: an easy handle, and what its callbacks fill.
///
/// Made by a caller, handed to the loop once, and from then on touched by the loop's thread alone
/// (`cancelled` apart); hence `@unchecked Sendable`.
final class CurlTransfer: @unchecked Sendable {
    let easy: UnsafeMutableRawPointer
    let cancelled = Atomic<Bool>(false)
    let request: HTTPRequest
    let limits: TransferLimits
    let sink: any BodySink
    /// The sink, where its reader may be behind.
    let relay: SocketRelay?
    let source: BodySource?
    var headers = HTTPHeaders()
    var failure: TransferError.Kind?
    var bodyBytes: Int64 = 0
    var finish: ((Result<HTTPResponse, TransferError>) -> Void)?
    private var headerList: UnsafeMutablePointer<curl_slist>?
    private let errorText: UnsafeMutablePointer<CChar>
    private var begun = false
    /// Whether it waits until the reader of what it fetches has caught up.
    var isHeld = false

    static let maximumHeaderFields = 256

    private init(
        easy: UnsafeMutableRawPointer, request: HTTPRequest, limits: TransferLimits,
        sink: any BodySink, source: BodySource?
    ) {
        self.easy = easy
        self.request = request
        self.limits = limits
        self.sink = sink
        relay = sink as? SocketRelay
        self.source = source
        errorText = .allocate(capacity: Int(CURL_ERROR_SIZE))
        errorText.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
    }

    deinit {
        curl_easy_cleanup(easy)
        curl_slist_free_all(headerList)
        errorText.deallocate()
    }

    static func make(
        _ request: HTTPRequest, _ limits: TransferLimits, _ settings: CurlSettings,
        _ sink: any BodySink
    ) throws(TransferError) -> CurlTransfer {
        guard isValid(request) else {
            throw TransferError(.invalidRequest, method: request.method, url: request.url)
        }
        let source: BodySource?
        do {
            source = try BodySource.open(request.body)
        } catch {
            throw TransferError(
                .localFile(path: error.path, errno: error.code), method: request.method,
                url: request.url)
        }
        guard let easy = curl_easy_init() else { preconditionFailure("out of memory") }
        let transfer = CurlTransfer(
            easy: easy, request: request, limits: limits, sink: sink, source: source)
        transfer.setUp(settings)
        return transfer
    }

    /// No control character may reach the request line or a header.
    private static func isValid(_ request: HTTPRequest) -> Bool {
        let texts =
            [request.method, request.url] + request.headers.fields.flatMap { [$0.name, $0.value] }
        return !request.method.isEmpty
            && texts.allSatisfy { $0.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F } }
    }

    private func setUp(_ settings: CurlSettings) {
        set(CURLOPT_NOSIGNAL, 1)
        set(CURLOPT_ERRORBUFFER, pointer: errorText)
        set(CURLOPT_URL, request.url)
        set(CURLOPT_PROTOCOLS, howdah_curl_web_protocols() | howdah_curl_file_protocol())
        set(CURLOPT_REDIR_PROTOCOLS, howdah_curl_web_protocols())
        // The path was signed as it is: `/a/../b` must not become `/b`.
        set(CURLOPT_PATH_AS_IS, 1)
        set(CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_1_1))
        set(CURLOPT_USERAGENT, settings.userAgent)
        set(CURLOPT_FOLLOWLOCATION, request.maximumRedirects > 0 ? 1 : 0)
        set(CURLOPT_MAXREDIRS, request.maximumRedirects)
        if let bundle = settings.caBundle { set(CURLOPT_CAINFO, bundle) }
        if !settings.verifiesServer {
            set(CURLOPT_SSL_VERIFYPEER, 0)
            set(CURLOPT_SSL_VERIFYHOST, 0)
        }
        if !settings.pinnedKeys.isEmpty {
            set(CURLOPT_PINNEDPUBLICKEY, settings.pinnedKeys.joined(separator: ";"))
            // The key proves more than an authority's word: a certificate of its own making will
            // do. libcurl compares the key all the same.
            set(CURLOPT_SSL_VERIFYPEER, 0)
            set(CURLOPT_SSL_VERIFYHOST, 0)
        }
        if let proxy = settings.proxy { set(CURLOPT_PROXY, proxy) }
        if request.proxyBypass { set(CURLOPT_NOPROXY, "*") }
        if relay != nil { set(CURLOPT_BUFFERSIZE, SocketRelay.bufferSize) }
        setLimits()
        setBody()
        setHeaders()
        setCallbacks()
    }

    private func setLimits() {
        set(CURLOPT_CONNECTTIMEOUT_MS, limits.connect.wholeMilliseconds)
        set(CURLOPT_TIMEOUT_MS, limits.total.wholeMilliseconds)
        if let stall = limits.stall {
            set(CURLOPT_LOW_SPEED_LIMIT, Int(limits.minimumRate))
            set(CURLOPT_LOW_SPEED_TIME, max(1, stall.wholeMilliseconds / 1000))
        }
    }

    private func setBody() {
        if request.method == "HEAD" { set(CURLOPT_NOBODY, 1) }
        // POST and PUT without a body say Content-Length: 0, which S3 and STS insist on.
        let sendsBody = source != nil || ["POST", "PUT"].contains(request.method)
        if sendsBody, !request.url.hasPrefix("file:") {
            set(CURLOPT_UPLOAD, 1)
            howdah_curl_set_offset(easy, CURLOPT_INFILESIZE_LARGE, Int(source?.count ?? 0))
        }
        set(CURLOPT_CUSTOMREQUEST, request.method)
    }

    private func setHeaders() {
        // `Expect: 100-continue` costs a round trip, or a second where the server ignores it.
        append("Expect:")
        for field in request.headers.fields {
            append(field.value.isEmpty ? "\(field.name);" : "\(field.name): \(field.value)")
        }
        howdah_curl_set_pointer(easy, CURLOPT_HTTPHEADER, headerList)
    }

    private func append(_ line: String) { headerList = curl_slist_append(headerList, line) }

    private func setCallbacks() {
        let context = Unmanaged.passUnretained(self).toOpaque()
        set(CURLOPT_WRITEDATA, pointer: context)
        set(CURLOPT_HEADERDATA, pointer: context)
        set(CURLOPT_READDATA, pointer: context)
        set(CURLOPT_SEEKDATA, pointer: context)
        howdah_curl_set_data(easy, CURLOPT_WRITEFUNCTION) { bytes, size, count, context in
            transfer(context).received(UnsafeRawBufferPointer(start: bytes, count: size * count))
        }
        howdah_curl_set_data(easy, CURLOPT_HEADERFUNCTION) { bytes, size, count, context in
            transfer(context).header(UnsafeRawBufferPointer(start: bytes, count: size * count))
        }
        howdah_curl_set_data(easy, CURLOPT_READFUNCTION) { bytes, size, count, context in
            transfer(context).send(
                UnsafeMutableRawBufferPointer(start: bytes, count: size * count))
        }
        howdah_curl_set_seek(easy) { context, offset, origin in
            let moved =
                origin == SEEK_SET && transfer(context).source?.seek(to: Int64(offset)) ?? false
            return moved ? CURL_SEEKFUNC_OK : CURL_SEEKFUNC_FAIL
        }
    }

    private func set(_ option: CURLoption, _ value: Int) {
        howdah_curl_set_long(easy, option, value)
    }

    private func set(_ option: CURLoption, _ value: String) {
        howdah_curl_set_string(easy, option, value)
    }

    private func set(_ option: CURLoption, pointer: UnsafeMutableRawPointer?) {
        howdah_curl_set_pointer(easy, option, pointer)
    }

    private func received(_ bytes: UnsafeRawBufferPointer) -> Int {
        guard begin() else { return 0 }
        bodyBytes += Int64(bytes.count)
        failure = sink.write(bytes)
        // Here and not later: libcurl reads a socket that has more a hundred times in a row.
        if let relay, relay.isBlocked { curl_easy_pause(easy, CURLPAUSE_RECV) }
        return failure == nil ? bytes.count : 0
    }

    /// Tells the sink once, before the first byte of the last response's body.
    func begin() -> Bool {
        guard !begun else { return true }
        begun = true
        failure = sink.begin(status: status, headers: headers)
        return failure == nil
    }

    private func header(_ line: UnsafeRawBufferPointer) -> Int {
        let text = String(decoding: line, as: UTF8.self).trimmed
        if text.hasPrefix("HTTP/") {
            // A new response: an interim one (1xx) or a redirect came before.
            headers = HTTPHeaders()
        } else if let colon = text.firstIndex(of: ":") {
            guard headers.fields.count < CurlTransfer.maximumHeaderFields else { return 0 }
            headers.add(
                String(text[..<colon]), String(text[text.index(after: colon)...]).trimmed)
        }
        return line.count
    }

    private func send(_ buffer: UnsafeMutableRawBufferPointer) -> Int {
        guard let source else { return 0 }
        return source.read(into: buffer) ?? Int(howdah_curl_read_abort)
    }

    /// The last response's status; 200 for a file that could be opened.
    var status: Int {
        if request.url.hasPrefix("file:") { return 200 }
        var code = 0
        howdah_curl_get_long(easy, CURLINFO_RESPONSE_CODE, &code)
        return code
    }

    var errorDetail: String { String(cString: errorText) }
}

private func transfer(_ context: UnsafeMutableRawPointer?) -> CurlTransfer {
    guard let context else { preconditionFailure("libcurl lost its context") }
    return Unmanaged<CurlTransfer>.fromOpaque(context).takeUnretainedValue()
}

/// What all transfers of a client share.
struct CurlSettings: Sendable {
    var userAgent: String
    var caBundle: String?
    var proxy: String?
    var pinnedKeys: [String] = []
    var verifiesServer = true
}

extension Duration {
    /// Rounded up, so that a bound is never 0, which libcurl takes for none.
    var wholeMilliseconds: Int {
        let (seconds, attoseconds) = components
        let milliseconds = Int(seconds) * 1000 + Int(attoseconds / 1_000_000_000_000_000)
        return max(1, min(milliseconds, Int(Int32.max)))
    }
}

extension String {
    var trimmed: String {
        let blank: (Character) -> Bool = { $0 == " " || $0 == "\t" || $0.isNewline }
        guard let first = firstIndex(where: { !blank($0) }),
            let last = lastIndex(where: { !blank($0) })
        else { return "" }
        return String(self[first...last])
    }
}
