/// What `panel.yaml` says of TLS.
public enum TLSSettings: Sendable, Equatable {
    /// Plain HTTP.
    case none
    /// A key and a certificate that the panel makes at its first start, beside the database.
    /// `names`: host names and addresses that it is for, besides the one that is listened on.
    case selfMade(names: [String])
    /// PEM files; the certificate's may have those that lead to an authority after it.
    case files(certificate: String, key: String)
}
