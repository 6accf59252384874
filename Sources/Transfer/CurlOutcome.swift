internal import CCurl

extension CurlTransfer {
    /// Turns libcurl's result into an answer or an error that says what was waited for.
    func outcome(_ code: CURLcode) -> Result<HTTPResponse, TransferError> {
        if code == CURLE_OK, begin() {
            let body = (sink as? MemorySink)?.bytes ?? []
            return .success(HTTPResponse(status: status, headers: headers, body: body))
        }
        if code == CURLE_FILE_COULDNT_READ_FILE {
            return .success(HTTPResponse(status: 404, headers: headers))
        }
        return .failure(error(failure ?? kind(code), detail: errorDetail))
    }

    func error(_ kind: TransferError.Kind, detail: String = "") -> TransferError {
        TransferError(kind, method: request.method, url: request.url, detail: detail)
    }

    private func kind(_ code: CURLcode) -> TransferError.Kind {
        switch code {
        case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY: .nameNotFound
        case CURLE_COULDNT_CONNECT: .notConnected
        case CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CACERT_BADFILE,
            CURLE_SSL_CERTPROBLEM:
            .tls
        case CURLE_SSL_PINNEDPUBKEYNOTMATCH: .wrongKey
        case CURLE_OPERATION_TIMEDOUT: .timedOut(waitingFor: waitedFor, seconds: elapsedSeconds)
        case CURLE_PARTIAL_FILE, CURLE_GOT_NOTHING, CURLE_RECV_ERROR, CURLE_SEND_ERROR,
            CURLE_WEIRD_SERVER_REPLY:
            .interrupted
        // An answer that does not begin as one: what the answer before it had too much of.
        case CURLE_UNSUPPORTED_PROTOCOL where time(CURLINFO_PRETRANSFER_TIME_T) > 0: .interrupted
        case CURLE_URL_MALFORMAT, CURLE_UNSUPPORTED_PROTOCOL: .invalidRequest
        default: .other(code: Int(code.rawValue))
        }
    }

    private var elapsedSeconds: Double { Double(time(CURLINFO_TOTAL_TIME_T)) / 1_000_000 }

    private var waitedFor: String {
        if time(CURLINFO_NAMELOOKUP_TIME_T) == 0 { return "the name lookup" }
        if time(CURLINFO_PRETRANSFER_TIME_T) == 0 { return "the connection" }
        var sent: curl_off_t = 0
        howdah_curl_get_offset(easy, CURLINFO_SIZE_UPLOAD_T, &sent)
        if let source, sent < source.count {
            return "the server to take the body (\(sent) of \(source.count) bytes sent)"
        }
        if time(CURLINFO_STARTTRANSFER_TIME_T) == 0 { return "an answer" }
        let announced = headers["content-length"].map { " of \($0)" } ?? ""
        return "the rest of the body (\(bodyBytes)\(announced) bytes came)"
    }

    private func time(_ info: CURLINFO) -> Int64 {
        var value: curl_off_t = 0
        howdah_curl_get_offset(easy, info, &value)
        return Int64(value)
    }
}
