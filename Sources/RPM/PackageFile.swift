public import Digests

/// A package file that was read once from start to end, and whose own digests were found right.
/// That it was signed is not checked here.
public struct PackageFile: Sendable {
    public let path: String
    public let header: PackageHeader
    /// Of the whole file.
    public let digest: Digest
    /// Bytes of the file.
    public let size: Int64
    /// Seconds since 1970.
    public let modified: Int64
    /// Where the main header is in the file, in bytes.
    public let headerRange: Range<Int64>
    /// Bytes of the payload when unpacked; 0 if the package does not say.
    public let archiveSize: Int64
}
