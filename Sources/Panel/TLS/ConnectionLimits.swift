internal import NIOCore

/// How long one connection may take for each thing, and how many there may be.
struct ConnectionLimits: Sendable {
    /// Of all headers of a request together.
    static let maximumHeaderBytes = 32 * 1024
    /// Read at once.
    static let readBytes = 2 * 1024
    /// What a reader must take of an answer in each `answer`.
    static let minimumAnswerBytes = 16 * 1024

    /// From the connection, TLS included, to the end of the first request's headers.
    var header = TimeAmount.seconds(20)
    /// From there to the end of its body: the largest is 4 MiB.
    var body = TimeAmount.seconds(30)
    /// Looks at whether a reader takes its answer are so far apart. Also how long one that is being
    /// answered may go on once the panel stops.
    var answer = TimeAmount.seconds(15)
    /// Kept open between requests.
    var idle = TimeAmount.seconds(90)
    /// At once, from one address.
    var perAddress = AccessSettings.defaultConnectionsPerAddress
}
