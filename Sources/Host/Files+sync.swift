internal import CLinux
internal import Glibc

extension Files {
    /// Brings all that was written to the file system of a folder to its disk (syncfs(2)).
    public func syncFileSystem(of folder: String) throws(FileError) {
        let file = try FileHandle.open(
            try resolve(folder), O_RDONLY | O_DIRECTORY, for: "sync")
        guard howdah_sync_filesystem(file.descriptor) == 0 else {
            throw FileError("sync", folder, code: errno)
        }
    }
}
