internal import Digests

extension XMLWriter {
    /// A package's piece of primary.xml (createrepo_c's xml_dump_primary.c).
    mutating func primary(_ package: Package) {
        raw("<package type=\"rpm\">\n")
        element("name", package.name)
        element("arch", package.arch)
        raw("  <version")
        evr(package.evr)
        raw("/>\n  <checksum type=\"")
        raw(Array(package.digest.algorithm.rawValue.utf8))
        raw("\" pkgid=\"YES\">")
        raw(Array(package.digest.hex.utf8))
        raw("</checksum>\n")
        element("summary", package.summary)
        element("description", package.description)
        element("packager", package.packager)
        element("url", package.url)
        raw("  <time")
        attribute("file", package.fileTime)
        attribute("build", package.buildTime)
        raw("/>\n  <size")
        attribute("package", package.size)
        attribute("installed", package.installedSize)
        attribute("archive", package.archiveSize)
        raw("/>\n  <location")
        if let base = package.base { attribute("xml:base", base) }
        attribute("href", package.location)
        raw("/>\n")
        format(package)
        raw("</package>\n")
    }

    private mutating func format(_ package: Package) {
        raw("  <format>\n")
        formatElement("rpm:license", package.license)
        formatElement("rpm:vendor", package.vendor)
        formatElement("rpm:group", package.group)
        formatElement("rpm:buildhost", package.buildHost)
        formatElement("rpm:sourcerpm", package.sourceRPM)
        raw("    <rpm:header-range")
        attribute("start", package.headerRange.lowerBound)
        attribute("end", package.headerRange.upperBound)
        raw("/>\n")
        entries("rpm:provides", package.provides)
        entries("rpm:requires", package.requires, withPre: true)
        entries("rpm:conflicts", package.conflicts)
        entries("rpm:obsoletes", package.obsoletes)
        entries("rpm:suggests", package.suggests)
        entries("rpm:enhances", package.enhances)
        entries("rpm:recommends", package.recommends)
        entries("rpm:supplements", package.supplements)
        let files = package.files
        let directories = files.primaryDirectories
        for entry in files.entries
        where directories[entry.directory] ?? FileList.isPrimary(files.path(entry)) {
            raw("    ")
            file(entry, of: files)
        }
        raw("  </format>\n")
    }

    private mutating func entries(
        _ name: StaticString, _ dependencies: [Dependency], withPre: Bool = false
    ) {
        if dependencies.isEmpty { return }
        raw("    <")
        raw(name)
        raw(">\n")
        for dependency in dependencies where !dependency.name.isEmpty {
            raw("      <rpm:entry")
            attribute("name", dependency.name)
            if let comparison = dependency.comparisonName {
                attribute("flags", literal: comparison)
                evr(dependency.evr)
            }
            if withPre && dependency.isPre { raw(" pre=\"1\"") }
            raw("/>\n")
        }
        raw("    </")
        raw(name)
        raw(">\n")
    }

    /// Parts that are empty are left out.
    mutating func evr(_ evr: EVR) {
        if !evr.epoch.isEmpty { attribute("epoch", evr.epoch) }
        if !evr.version.isEmpty { attribute("ver", evr.version) }
        if !evr.release.isEmpty { attribute("rel", evr.release) }
    }

    private mutating func element(_ name: StaticString, _ value: [UInt8]) {
        raw("  ")
        whole(name, value)
    }

    private mutating func formatElement(_ name: StaticString, _ value: [UInt8]) {
        raw("    ")
        whole(name, value)
    }

    private mutating func whole(_ name: StaticString, _ value: [UInt8]) {
        raw("<")
        raw(name)
        raw(">")
        text(value)
        raw("</")
        raw(name)
        raw(">\n")
    }

    mutating func file(_ entry: FileList.Entry, of files: FileList) {
        switch entry.kind {
        case .file: raw("<file>")
        case .directory: raw("<file type=\"dir\">")
        case .ghost: raw("<file type=\"ghost\">")
        }
        text(files.bytes, files.directories[entry.directory], entry.name)
        raw("</file>\n")
    }
}
