public import Host

/// One boot at a time.
public enum BootLock {
    public static let path = StateStore.directory + "/boot.lock"

    /// Nil if another boot holds it. It ends with its holder, however that ends.
    public static func take(_ files: Files) throws -> FileLock? {
        try files.makeDirectory(StateStore.directory, mode: 0o755)
        return try FileLock.take(path, in: files)
    }
}
