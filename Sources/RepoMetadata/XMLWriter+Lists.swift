internal import Digests

extension XMLWriter {
    /// A package's piece of filelists.xml (createrepo_c's xml_dump_filelists.c).
    mutating func filelists(_ package: Package) {
        identity(package)
        for entry in package.files.entries {
            raw("  ")
            file(entry, of: package.files)
        }
        raw("</package>\n")
    }

    /// A package's piece of filelists-ext.xml.
    mutating func filelists(_ package: Package, _ hashes: FileHashes) {
        let files = package.files
        identity(package)
        raw("  <checksum")
        attribute("type", Array(hashes.algorithm.utf8))
        raw("/>\n")
        for (index, entry) in files.entries.enumerated() {
            raw("  <file")
            switch entry.kind {
            case .file: break
            case .directory: raw(" type=\"dir\"")
            case .ghost: raw(" type=\"ghost\"")
            }
            if index < hashes.places.count, !hashes.places[index].isEmpty {
                attribute("hash", Array(files.bytes[hashes.places[index]]))
            }
            raw(">")
            text(files.bytes, files.directories[entry.directory], entry.name)
            raw("</file>\n")
        }
        raw("</package>\n")
    }

    /// A package's piece of other.xml (createrepo_c's xml_dump_other.c).
    mutating func other(_ package: Package) {
        identity(package)
        for entry in package.changelog {
            raw("  <changelog")
            attribute("author", entry.author)
            attribute("date", entry.date)
            raw(">")
            text(entry.text)
            raw("</changelog>\n")
        }
        raw("</package>\n")
    }

    private mutating func identity(_ package: Package) {
        raw("<package")
        attribute("pkgid", Array(package.digest.hex.utf8))
        attribute("name", package.name)
        attribute("arch", package.arch)
        raw(">\n  <version")
        evr(package.evr)
        raw("/>\n")
    }
}
