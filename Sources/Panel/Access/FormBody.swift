internal import Foundation
internal import HTTPTypes
internal import Hummingbird

/// The fields of an HTML form (`application/x-www-form-urlencoded`, WHATWG URL, section 5.1).
enum FormBody {
    static let maximumBytes = 16 * 1024
    static let maximumFields = 32

    static func isForm(_ request: Request) -> Bool {
        let type = request.headers[.contentType]?.prefix { $0 != ";" }
        return type == "application/x-www-form-urlencoded"
    }

    /// Reads them, and leaves the body to be read again.
    static func read(_ request: inout Request) async throws -> [String: String] {
        let buffer = try await request.collectBody(upTo: maximumBytes)
        return try parse(String(buffer: buffer))
    }

    /// A field that is there twice is none: two readers might take different ones.
    static func parse(_ text: String) throws(Refusal) -> [String: String] {
        var fields: [String: String] = [:]
        let pairs = text.split(separator: "&", maxSplits: maximumFields)
        for pair in pairs {
            let halves = pair.split(
                separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard halves.count == 2, let name = decode(halves[0]), let value = decode(halves[1]),
                fields.updateValue(value, forKey: name) == nil
            else { throw Refusal.badRequest("the body is no form") }
        }
        return fields
    }

    private static func decode(_ text: Substring) -> String? {
        text.replacing("+", with: " ").removingPercentEncoding
    }
}
