internal import Digests
internal import Foundation

/// Secrets that the panel makes and keeps as their hashes alone.
enum SecretText {
    static let byteCount = 32

    /// 256 random bits in base64 in the form for URLs, without its end (RFC 4648, section 5).
    static func make(_ time: PanelTime, prefix: String = "") -> String {
        prefix
            + Data(time.random(byteCount)).base64EncodedString().replacing("+", with: "-")
            .replacing("/", with: "_").replacing("=", with: "")
    }

    /// SHA-256: enough for what nobody can guess.
    static func hash(_ secret: String) -> Data { Data(Digest.of(Array(secret.utf8)).bytes) }
}
