/// What becomes of an option of a `.repo` file. The names are those of dnf.conf(5), of yum.conf(5)
/// and of the yum plugins for S3.
enum RepositoryOption: Hashable {
    case used
    /// About something that does not arise here.
    case harmless
    case leftOut(String)
    case unknown

    static func meaning(of key: String) -> RepositoryOption {
        if usedNames.contains(key) { return .used }
        if harmlessNames.contains(key) { return .harmless }
        return reasons[key].map(RepositoryOption.leftOut) ?? .unknown
    }

    private static let usedNames: Set = [
        "name", "enabled", "baseurl", "mirrorlist", "metalink", "gpgkey", "gpgcheck",
        "repo_gpgcheck", "priority", "cost", "exclude", "excludepkgs", "includepkgs",
        "metadata_expire", "skip_if_unavailable", "s3_enabled", "sslcacert", "sslverify",
        "proxy", "timeout", "minrate",
    ]

    private static let harmlessNames: Set = [
        "type", "id", "keepcache", "failovermethod", "keepalive", "http_caching", "bandwidth",
        "throttle", "deltarpm", "deltarpm_percentage", "countme", "fastestmirror", "retries",
        "max_parallel_downloads", "enablegroups", "report_instanceid", "autorefresh",
        "ui_repoid_vars",
        "mirrorlist_expire", "mdpolicy", "user_agent", "ip_resolve", "check_config_file_age",
        "localpkg_gpgcheck", "sslverifystatus", "async", "strict",
    ]

    private static let reasons: [String: String] = [
        "module_hotfixes": "is left out: modules are not known here, and nothing is hidden by them",
        "username": "is left out: no passwords are sent; S3 is asked with signed requests",
        "password": "is left out: no passwords are sent; S3 is asked with signed requests",
        "proxy_username": "is left out: put it into the proxy's url",
        "proxy_password": "is left out: put it into the proxy's url",
        "sslclientcert": "is left out: no client certificates are shown",
        "sslclientkey": "is left out: no client certificates are shown",
        "key_id": "is left out: credentials are those of the instance's role",
        "secret_key": "is left out: credentials are those of the instance's role",
        "region": "is left out: S3 says where a bucket is",
        "delegated_role": "is left out: credentials are those of the instance's role",
    ]
}
