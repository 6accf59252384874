/// What a node is called: short, stable for the instance's life, fit for a hosts file.
enum NodeName {
    /// Of a host name's label (RFC 1123, section 2.1).
    static let maximumLength = 63

    /// The instance's own `Name` tag where it is a host name and free; else `master` for the first
    /// master, and role and number for all others: `slave-1`, `slave-2`.
    /// `from`: numbers below it are known to be taken.
    static func choose(
        role: String, preferred: String?, from: Int = 1, isTaken: (String) throws -> Bool
    ) throws -> (name: String, number: Int?) {
        if let preferred, isHostName(preferred), try !isTaken(preferred) {
            return (preferred, nil)
        }
        if role == "master", try !isTaken(role) { return (role, nil) }
        var number = from
        while number <= NodeRepository.maximumNodes {
            let name = "\(role)-\(number)"
            if try !isTaken(name) { return (name, number) }
            number += 1
        }
        throw Refusal.busy("nodes in this cluster")
    }

    /// Lower-case letters, digits and inner hyphens; `localhost` belongs to every machine itself.
    static func isHostName(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        guard (1...maximumLength).contains(bytes.count), text != "localhost",
            bytes.first != UInt8(ascii: "-"), bytes.last != UInt8(ascii: "-")
        else { return false }
        return bytes.allSatisfy {
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0)
                || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) || $0 == UInt8(ascii: "-")
        }
    }
}
