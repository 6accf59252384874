/// The lines of passwd(5), group(5), shadow(5) and gshadow(5) with a recipe's users and groups.
/// Nil stands for a file that the tree does not have.
struct Accounts: Equatable {
    var passwd: String?
    var group: String?
    var shadow: String?
    var gshadow: String?

    /// Nobody can log in by password. One that is there already must have the same number.
    mutating func add(_ new: RecipeGroup) throws {
        if let id = try Self.present(new.name, id: new.id, in: group, kind: "group") {
            guard id == new.id else {
                throw ImageError("group '\(new.name)' has the number \(id), not \(new.id)")
            }
            return
        }
        group = Self.ended(group) + "\(new.name):x:\(new.id):\n"
        gshadow = gshadow.map { Self.ended($0) + "\(new.name):!::\n" }
    }

    mutating func add(_ new: RecipeUser) throws {
        if let id = try Self.present(new.name, id: new.id, in: passwd, kind: "user") {
            guard id == new.id else {
                throw ImageError("user '\(new.name)' has the number \(id), not \(new.id)")
            }
            return
        }
        guard let group = groupID(new.group) else {
            throw ImageError("user '\(new.name)': no group '\(new.group)' in the tree")
        }
        passwd =
            Self.ended(passwd)
            + "\(new.name):x:\(new.id):\(group)::\(new.home):\(new.shell)\n"
        shadow = shadow.map { Self.ended($0) + "\(new.name):!:::::::\n" }
    }

    /// The number behind a name or number.
    func userID(_ name: String) -> UInt32? { UInt32(name) ?? Self.id(of: name, in: passwd) }

    func groupID(_ name: String) -> UInt32? { UInt32(name) ?? Self.id(of: name, in: group) }

    /// The number of `name` if it is there; that another has its number is an error.
    private static func present(
        _ name: String, id: UInt32, in text: String?, kind: String
    ) throws -> UInt32? {
        if let id = self.id(of: name, in: text) { return id }
        for fields in records(text) where UInt32(fields[2]) == id {
            throw ImageError("\(kind) '\(name)': number \(id) is '\(fields[0])' already")
        }
        return nil
    }

    private static func id(of name: String, in text: String?) -> UInt32? {
        records(text).first { $0[0] == name }.flatMap { UInt32($0[2]) }
    }

    private static func records(_ text: String?) -> [[Substring]] {
        (text ?? "").split(separator: "\n").map {
            $0.split(separator: ":", omittingEmptySubsequences: false)
        }.filter { $0.count >= 3 }
    }

    private static func ended(_ text: String?) -> String {
        guard let text, !text.isEmpty else { return "" }
        return text.hasSuffix("\n") ? text : text + "\n"
    }

    /// `shadow` with no password changed after `day` (days since 1970): a tool wrote today there.
    static func clampedShadow(_ text: String, day: Int) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            var fields = line.split(separator: ":", omittingEmptySubsequences: false)
            if fields.count > 2, let changed = Int(fields[2]), changed > day {
                fields[2] = "\(day)"
            }
            return fields.joined(separator: ":")
        }.joined(separator: "\n")
    }
}
