internal import AWS

/// What the yum plugins for S3 take as a `baseurl`: S3's own web addresses.
enum S3URL {
    /// `s3://BUCKET/PREFIX` of `https://BUCKET.s3[.REGION].amazonaws.com/PREFIX` or of
    /// `https://s3[.REGION].amazonaws.com/BUCKET/PREFIX`; nil where no bucket is named.
    static func location(ofWeb url: String) -> String? {
        guard let mark = url.firstRange(of: "://"),
            ["http", "https"].contains(url[..<mark.lowerBound])
        else { return nil }
        let rest = url[mark.upperBound...]
        let host = rest.prefix { $0 != "/" }.lowercased()
        let path = rest.drop { $0 != "/" }.dropFirst()
        guard let bucket = bucket(ofHost: host) else { return nil }
        let place = bucket.isEmpty ? "s3://\(path)" : "s3://\(bucket)/\(path)"
        return S3Location(place) == nil ? nil : place
    }

    /// Empty where the bucket is in the path; nil where the host is none of S3's.
    private static func bucket(ofHost host: String) -> String? {
        let domains = [".amazonaws.com", ".amazonaws.com.cn"]
        guard let domain = domains.first(where: host.hasSuffix) else { return nil }
        let labels = host.dropLast(domain.count).split(separator: ".")
        // The last label that is S3's: a bucket's name may have dots, and may begin with `s3-`.
        guard let place = labels.lastIndex(where: isService), labels.count - place <= 3 else {
            return nil
        }
        return labels[..<place].joined(separator: ".")
    }

    private static func isService(_ label: Substring) -> Bool {
        label == "s3" || label.hasPrefix("s3-")
    }
}
