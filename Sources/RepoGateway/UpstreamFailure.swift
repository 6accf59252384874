internal import AWS
internal import Transfer

/// What a client is told where S3 has given no object.
enum UpstreamFailure {
    static func refusal(_ error: any Error) -> Refusal {
        Refusal(status(error), singleLine("\(error)"))
    }

    private static func status(_ error: any Error) -> Int {
        switch error {
        case let error as ServiceError: status(error)
        case let error as TransferError:
            if case .timedOut = error.kind { 504 } else { 502 }
        // Nobody to sign with: later there may be.
        case is CredentialsError: 503
        default: 502
        }
    }

    private static func status(_ error: ServiceError) -> Int {
        switch error.status {
        // A client that follows a redirect would go there unsigned.
        case ..<400: 502
        // S3 says 400 to credentials that have expired: the client's request was in order.
        case 400 where error.isExpiredToken || error.code == "InvalidToken": 403
        case 401: 403
        case 500: 503
        default: error.status
        }
    }

    private static func singleLine(_ text: String) -> String {
        String(text.map { $0.isNewline ? " " : $0 })
    }
}
