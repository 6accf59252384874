/// An answer. A status such as 404 or 503 is an answer too, not an error.
public struct HTTPResponse: Sendable, Equatable {
    /// `file:` URLs answer 200, or 404 where the file cannot be read.
    public var status: Int
    public var headers: HTTPHeaders
    /// Empty where the body went to a file.
    public var body: [UInt8]
    /// How many attempts it took, this one included.
    public var attempts: Int

    public init(status: Int, headers: HTTPHeaders = [:], body: [UInt8] = [], attempts: Int = 1) {
        self.status = status
        self.headers = headers
        self.body = body
        self.attempts = attempts
    }

    public var isSuccess: Bool { (200..<300).contains(status) }

    /// The body as UTF-8, with replacement characters where it is none.
    public var text: String { String(decoding: body, as: UTF8.self) }
}
