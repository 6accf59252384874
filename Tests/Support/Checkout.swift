internal import Glibc

/// Where things of this checkout are, as `scripts/environment` says too.
public enum Checkout {
    public static let root: String = {
        "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
    }()

    /// What `scripts/setup` and `scripts/test` keep between runs.
    public static let cache = place("HOWDAH_CACHE", ".build-cache")
    public static let pythonEnvironment = place("HOWDAH_VENV", ".build-venv")

    /// The RPMs of HDFS, and the key that signed them (`secret.asc`, `public.asc`).
    public static let hdfsPackages = cache + "/hdfs-rpms"
    public static let demoKey = cache + "/demo-key"

    /// What `scripts/build-node` makes: howdah-node as images have it.
    public static let nodeProgram = cache + "/howdah-node"

    /// Why a test that needs them must be left out; nil where they are there.
    public static var missingHDFSPackages: String? {
        let packages = ["hadoop-common", "hadoop-hdfs-namenode", "hadoop-hdfs-datanode"]
        for name in packages + ["hadoop-client"]
        where access("\(hdfsPackages)/\(name)-3.3.6-1.noarch.rpm", R_OK) != 0 {
            return "no '\(name)' in '\(hdfsPackages)': run scripts/build-hdfs-rpms"
        }
        return nil
    }

    /// The RPM of Spark.
    public static let sparkPackages = cache + "/spark-rpms"

    /// Why a test that needs it must be left out; nil where it is there.
    public static var missingSparkPackages: String? {
        let path = "\(sparkPackages)/spark-core-3.5.9-1.noarch.rpm"
        return access(path, R_OK) == 0 ? nil : "no '\(path)': run scripts/build-spark-rpms"
    }

    private static func place(_ variable: String, _ folder: String) -> String {
        getenv(variable).map { String(cString: $0) } ?? root + "/" + folder
    }
}
