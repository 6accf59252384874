internal import AWS
internal import PackageInstall
internal import PanelClient

extension BootDeadlines {
    /// For steps whose work is safe to run again, and that ask somebody over the network.
    var retry: StepRetry {
        StepRetry(tries: tries, pause: retryPause, mayPass: Self.mayPass)
    }

    /// Nobody answered, or the answer was that it cannot answer now. Whoever says no, or has what
    /// is wrong, is not asked again: the same would come back.
    static func mayPass(_ error: any Error) -> Bool {
        switch error {
        case let error as PanelError: error.isAbsence
        case let error as TransportError: error.mayPass
        case let error as ServiceError: error.status >= 500 || error.status == 429
        default: false
        }
    }
}

extension TransportError {
    fileprivate var mayPass: Bool {
        if case .unreachable = self { true } else { false }
    }
}
