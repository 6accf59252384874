/// Decides what one section of a `.repo` file means. Does no I/O.
struct RepositorySection {
    /// What is decided about an image as a whole.
    struct Surroundings {
        let variables: DNFVariables
        /// `[main]` of dnf.conf.
        let main: INIDocument.Section
        /// Where paths of keys and authorities are below.
        let root: String
    }

    let section: INIDocument.Section
    let surroundings: Surroundings
    /// What is not as dnf would have it, or has no meaning here.
    private(set) var notes: [String] = []

    init(_ section: INIDocument.Section, _ surroundings: Surroundings) {
        self.section = section
        self.surroundings = surroundings
    }

    /// libdnf's `Repo::verifyId`.
    static func isID(_ text: String) -> Bool {
        !text.isEmpty
            && text.allSatisfy {
                $0.isASCII && ($0.isLetter || $0.isNumber || "-_.:".contains($0))
            }
    }

    /// Nil where the repository is not enabled.
    mutating func repository() throws(InstallError) -> Repository? {
        let id = surroundings.variables.substitute(section.name)
        guard Self.isID(id) else {
            throw .badRepository(id: id, reason: "its id has other than letters, digits and -_.:")
        }
        guard boolean("enabled", true) else { return nil }
        var repository = Repository(
            id: id, urls: try urls(id), mirrorList: try mirrorList(id), keys: try keys(id),
            checksMetadataSignature: boolean("repo_gpgcheck", false, inherits: true))
        repository.metalink = try metalink(id)
        repository.priority = number("priority", 99, inherits: true)
        repository.cost = number("cost", 1000, inherits: false)
        repository.excludes = list("excludepkgs", "exclude")
        repository.includes = list("includepkgs")
        repository.expiry = expiry
        repository.isSkippable = boolean("skip_if_unavailable", false, inherits: true)
        repository.connection = connection(id)
        noteOthers(id)
        guard !repository.places.isEmpty else {
            throw .badRepository(
                id: id, reason: "it has neither baseurl nor mirrorlist nor metalink")
        }
        return repository
    }

    // MARK: - Places

    private func urls(_ id: String) throws(InstallError) -> [String] {
        let isS3 = section["s3_enabled"].flatMap(DNFValue.boolean) ?? false
        var urls: [String] = []
        for text in DNFValue.list(value("baseurl") ?? "") {
            let url = try resolved(text, "baseurl", id)
            guard isS3, !url.hasPrefix("s3://") else {
                urls.append(url)
                continue
            }
            guard let place = S3URL.location(ofWeb: url) else {
                throw .badRepository(
                    id: id,
                    reason: "s3_enabled is on, and its baseurl '\(url)' names no bucket; "
                        + "write s3://BUCKET/PREFIX")
            }
            urls.append(place)
        }
        return urls
    }

    private func mirrorList(_ id: String) throws(InstallError) -> String? {
        guard let text = value("mirrorlist"), !text.isEmpty, !text.contains("metalink") else {
            return nil
        }
        return try resolved(text, "mirrorlist", id)
    }

    /// Libdnf takes a mirrorlist with that word in its URL for one too, as yum did.
    private func metalink(_ id: String) throws(InstallError) -> String? {
        for key in ["metalink", "mirrorlist"] {
            guard let text = value(key), !text.isEmpty,
                key == "metalink" || text.contains("metalink")
            else { continue }
            return try resolved(text, key, id)
        }
        return nil
    }

    /// With no variable left.
    private func resolved(
        _ text: String, _ key: String, _ id: String
    ) throws(InstallError) -> String {
        let url = surroundings.variables.substitute(text)
        guard let name = DNFVariables.unresolved(in: url).first else { return url }
        throw .badRepository(
            id: id,
            reason: "its \(key) has '$\(name)', which nothing sets; write its value into "
                + "/etc/dnf/vars/\(name)")
    }

    private func keys(_ id: String) throws(InstallError) -> [RepositoryKey] {
        var keys: [RepositoryKey] = []
        for text in DNFValue.list(inherited("gpgkey") ?? "") {
            do {
                let url = try resolved(text, "gpgkey", id)
                keys.append(try RepositoryKey(url, root: surroundings.root))
            } catch let error as RepositoryKeyError {
                throw .badRepository(id: id, reason: "\(error)")
            } catch let error as InstallError {
                throw error
            } catch {
                throw .badRepository(id: id, reason: "\(error)")
            }
        }
        return keys
    }

    // MARK: - The connection

    private mutating func connection(_ id: String) -> RepositoryConnection {
        var connection = RepositoryConnection()
        let bundle = inherited("sslcacert") ?? ""
        let root = surroundings.root == "/" ? "" : surroundings.root
        if !bundle.isEmpty { connection.caBundle = root + bundle }
        connection.verifiesServer = boolean("sslverify", true, inherits: true)
        if !connection.verifiesServer {
            notes.append(
                "repository '\(id)' has sslverify off: anybody may answer in its server's place "
                    + "with older packages; sign its metadata and turn repo_gpgcheck on")
        }
        let proxy = inherited("proxy") ?? ""
        // Libdnf's word for none at all, whatever the environment says.
        if !proxy.isEmpty { connection.proxy = proxy == "_none_" ? "" : proxy }
        if let text = inherited("timeout"), let seconds = DNFValue.seconds(text), seconds > 0 {
            connection.stallSeconds = seconds
        }
        if let text = inherited("minrate"), let bytes = DNFValue.bytes(text), bytes > 0 {
            connection.minimumRate = bytes
        }
        return connection
    }

    private var expiry: MetadataExpiry {
        inherited("metadata_expire").flatMap(DNFValue.expiry) ?? .standard
    }

    // MARK: - Values

    private func value(_ key: String) -> String? {
        section[key].map(surroundings.variables.substitute)
    }

    private func inherited(_ key: String) -> String? {
        value(key) ?? surroundings.main[key].map(surroundings.variables.substitute)
    }

    private mutating func boolean(
        _ key: String, _ standard: Bool, inherits: Bool = false
    ) -> Bool {
        guard let text = inherits ? inherited(key) : value(key) else { return standard }
        if let value = DNFValue.boolean(text) { return value }
        noteBad(key, text)
        return standard
    }

    private mutating func number(_ key: String, _ standard: Int32, inherits: Bool) -> Int32 {
        guard let text = inherits ? inherited(key) : value(key) else { return standard }
        if let value = Int32(text) { return value }
        noteBad(key, text)
        return standard
    }

    private func list(_ keys: String...) -> [String] {
        keys.flatMap { DNFValue.list(value($0) ?? "") }
    }

    // MARK: - Notes

    private mutating func noteBad(_ key: String, _ text: String) {
        notes.append(
            "repository '\(section.name)': '\(key)=\(text)' cannot be read and is left out")
    }

    private mutating func noteOthers(_ id: String) {
        if !boolean("gpgcheck", true, inherits: true) {
            notes.append(
                "repository '\(id)' has gpgcheck off: nothing unsigned is installed all the same")
        }
        for value in section.values {
            switch RepositoryOption.meaning(of: value.key) {
            case .used, .harmless: continue
            case .leftOut(let why): notes.append("repository '\(id)': '\(value.key)' \(why)")
            case .unknown:
                notes.append("repository '\(id)': '\(value.key)' is no option and is left out")
            }
        }
    }
}
