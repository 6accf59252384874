internal import RPM

extension Installer {
    /// Whether anything was ever installed below a root by RPM. Opens nothing: reading a database
    /// writes beside it.
    public static func hasDatabase(root: String) -> Bool {
        RPMDatabase.exists(root: root == "/" ? "" : root)
    }
}
