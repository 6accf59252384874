internal import Glibc
internal import Host

/// Whom a folder or file of a stack is to belong to, by the machine's accounts.
struct Ownership: Sendable, Equatable {
    /// Bytes of an account's entry (getpwnam_r(3)).
    static let maximumEntry = 64 << 10

    var user: UInt32?
    var group: UInt32?

    /// Throws an `AccountError` if an account that is named is not there. An owner without a group
    /// leaves the group as it is.
    init(owner: String?, group: String?, of path: String) throws(AccountError) {
        if let owner { user = try Self.user(owner, path) }
        if let group { self.group = try Self.group(group, path) }
    }

    /// Says whether there was something to change.
    func apply(to path: String) throws -> Bool {
        guard user != nil || group != nil else { return false }
        var old = stat()
        guard lstat(path, &old) == 0 else { throw FileError("look at", path, code: errno) }
        let (newUser, newGroup) = (user ?? old.st_uid, group ?? old.st_gid)
        guard old.st_uid != newUser || old.st_gid != newGroup else { return false }
        guard lchown(path, newUser, newGroup) == 0 else {
            throw FileError("chown", path, code: errno)
        }
        return true
    }

    private static func user(_ name: String, _ path: String) throws(AccountError) -> UInt32 {
        var entry = passwd()
        var found: UnsafeMutablePointer<passwd>?
        var buffer = [CChar](repeating: 0, count: maximumEntry)
        _ = getpwnam_r(name, &entry, &buffer, buffer.count, &found)
        guard let found else { throw AccountError(kind: "user", name: name, path: path) }
        return found.pointee.pw_uid
    }

    private static func group(_ name: String, _ path: String) throws(AccountError) -> UInt32 {
        var entry = Glibc.group()
        var found: UnsafeMutablePointer<Glibc.group>?
        var buffer = [CChar](repeating: 0, count: maximumEntry)
        _ = getgrnam_r(name, &entry, &buffer, buffer.count, &found)
        guard let found else { throw AccountError(kind: "group", name: name, path: path) }
        return found.pointee.gr_gid
    }
}

/// An account that the stack names and the machine has not.
struct AccountError: Error, CustomStringConvertible, Equatable {
    let kind: String
    let name: String
    let path: String

    var description: String {
        "'\(path)' is to belong to the \(kind) '\(name)', who is not on this machine; "
            + "have a package of the role make the account, or change the stack"
    }
}
