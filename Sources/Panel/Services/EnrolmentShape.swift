internal import PanelAPI

/// The form of what a node sends: nothing else gets into the request that the panel builds of it.
enum EnrolmentShape {
    static let maximumTokenLength = 8192

    static func check(_ request: EnrolmentRequest) throws(Refusal) {
        try field("date", request.date, 16...16) {
            isDigit($0) || $0 == UInt8(ascii: "T") || $0 == UInt8(ascii: "Z")
        }
        try field("region", request.region, 1...32) {
            isLower($0) || isDigit($0) || $0 == UInt8(ascii: "-")
        }
        try field("accessKeyID", request.accessKeyID, 4...128, isWord)
        // RFC 7230, section 3.2.6: what a header's value may hold, without blanks.
        try field("sessionToken", request.sessionToken, 1...maximumTokenLength) {
            (0x21...0x7e).contains($0)
        }
        try field("signature", request.signature, 64...64, isHex)
        try field("nonce", request.nonce, 32...32, isHex)
        try check(request.node)
        if let bootID = request.bootID { try id("bootID", bootID) }
    }

    static func check(_ request: KeyEnrolmentRequest) throws(Refusal) {
        try field("publicKey", request.publicKey, 64...64, isHex)
        try field("signature", request.signature, 128...128, isHex)
        try field("nonce", request.nonce, 32...32, isHex)
        if let token = request.token { try field("token", token, 16...128, isWord) }
        try check(request.node)
        if let bootID = request.bootID { try id("bootID", bootID) }
    }

    static func instanceID(_ id: String) throws(Refusal) {
        guard id.hasPrefix("i-"), (10...19).contains(id.utf8.count),
            id.utf8.dropFirst(2).allSatisfy(isHex)
        else { throw Refusal.badRequest("'instanceID' is no instance id such as 'i-0123…'") }
    }

    static func address(_ address: String) throws(Refusal) {
        guard isIPv4(address) else {
            throw Refusal.badRequest("'address' is no IPv4 address such as '10.0.0.7'")
        }
    }

    private static func check(_ node: NodeAddress) throws(Refusal) {
        try instanceID(node.instanceID)
        try address(node.address)
        try field("hostname", node.hostname, 1...253) { isWord($0) || $0 == UInt8(ascii: ".") }
        try field("availabilityZone", node.availabilityZone, 1...64) {
            isLower($0) || isDigit($0) || $0 == UInt8(ascii: "-")
        }
    }

    /// Letters, digits, hyphens and underscores: ids that nodes make up.
    static func id(_ name: String, _ text: String) throws(Refusal) {
        try field(name, text, 1...128, isWord)
    }

    private static func field(
        _ name: String, _ text: String, _ length: ClosedRange<Int>, _ isAllowed: (UInt8) -> Bool
    ) throws(Refusal) {
        guard length.contains(text.utf8.count), text.utf8.allSatisfy(isAllowed) else {
            throw Refusal.badRequest("'\(name)' is not of its form")
        }
    }

    private static func isIPv4(_ text: String) -> Bool {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4
            && parts.allSatisfy { part in
                part.utf8.allSatisfy(isDigit) && UInt8(part).map { String($0) == part } == true
            }
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }

    private static func isLower(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
    }

    private static func isHex(_ byte: UInt8) -> Bool {
        isDigit(byte) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        isDigit(byte) || isLower(byte) || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
            || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
    }
}
