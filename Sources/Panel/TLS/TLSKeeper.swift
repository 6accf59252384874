internal import Digests
internal import Foundation
internal import Host
internal import NIOSSL
internal import Synchronization

/// The panel's certificate and key as connections use them: read anew when the files change or a
/// SIGHUP comes. Connections that are open keep what they began with.
final class TLSKeeper: Sendable {
    static let maximumBytes = 1 << 20

    struct Pair: Sendable, Equatable {
        var certificate: [UInt8]
        var key: [UInt8]
    }

    private struct State {
        var pair: Pair
        var context: NIOSSLContext
        var pin: String
    }

    let certificatePath: String
    let keyPath: String
    private let files: Files
    private let state: Mutex<State>

    /// Reads both files, which must fit each other.
    init(certificate: String, key: String, files: Files = Files()) throws {
        certificatePath = certificate
        keyPath = key
        self.files = files
        state = Mutex(
            try Self.state(try Self.read(certificate, key, files), certificate: certificate))
    }

    var context: NIOSSLContext { state.withLock { $0.context } }

    /// `sha256//` and base64: what `panel_keys` of a cluster file and curl's `--pinnedpubkey` take.
    var pin: String { state.withLock { $0.pin } }

    /// Reads the files anew. True if they were others than before; throws, and goes on with what
    /// it has, if they are no good.
    @discardableResult
    func reload() throws -> Bool {
        let pair = try Self.read(certificatePath, keyPath, files)
        guard pair != state.withLock({ $0.pair }) else { return false }
        let new = try Self.state(pair, certificate: certificatePath)
        state.withLock { $0 = new }
        return true
    }

    private static func read(_ certificate: String, _ key: String, _ files: Files) throws -> Pair {
        Pair(
            certificate: try files.read(certificate, limit: maximumBytes),
            key: try files.read(key, limit: maximumBytes))
    }

    private static func state(_ pair: Pair, certificate path: String) throws -> State {
        do {
            let chain = try NIOSSLCertificate.fromPEMBytes(pair.certificate)
            let key = try NIOSSLPrivateKey(bytes: pair.key, format: .pem)
            var configuration = TLSConfiguration.makeServerConfiguration(
                certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(key))
            configuration.minimumTLSVersion = .tlsv12
            configuration.applicationProtocols = ["http/1.1"]
            let context = try NIOSSLContext(configuration: configuration)
            guard let digest = PublicKeyPin.digest(ofCertificatePEM: pair.certificate) else {
                throw TLSError(description: "there is no certificate in it")
            }
            let pin = "sha256//" + Data(digest.bytes).base64EncodedString()
            return State(pair: pair, context: context, pin: pin)
        } catch {
            throw PanelStartError.configuration(
                path: path, cause: "the certificate and its key cannot be used: \(error)")
        }
    }
}

struct TLSError: Error, CustomStringConvertible {
    let description: String
}
