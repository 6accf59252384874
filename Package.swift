// swift-tools-version: 6.2
import PackageDescription

/// `HOWDAH_WITHOUT_PANEL=1 swift build` leaves out the Control Panel and all that it alone depends
/// on (Hummingbird, GRDB): a first build of everything else takes a fraction of the time.
let withPanel = Context.environment["HOWDAH_WITHOUT_PANEL"] == nil

/// CI sets `CI`: there a warning fails the build.
let inCI = Context.environment["CI"] != nil

let settings: [SwiftSetting] =
    [
        .swiftLanguageMode(.v6),
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .enableUpcomingFeature("InternalImportsByDefault"),
    ] + (inCI ? [.treatAllWarnings(as: .error)] : [])

func library(
    _ name: String, _ dependencies: [Target.Dependency] = [], _ more: [SwiftSetting] = []
) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: settings + more)
}

func program(
    _ name: String, _ dependencies: [Target.Dependency], _ more: [SwiftSetting] = []
) -> Target {
    .executableTarget(name: name, dependencies: dependencies, swiftSettings: settings + more)
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .testTarget(name: name, dependencies: dependencies, swiftSettings: settings)
}

func cLibrary(_ name: String, pkgConfig: String, _ package: String) -> Target {
    .systemLibrary(
        name: name, path: "Sources/C/\(name)", pkgConfig: pkgConfig, providers: [.apt([package])])
}

let arguments = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let subprocess = Target.Dependency.product(name: "Subprocess", package: "swift-subprocess")
let system = Target.Dependency.product(name: "SystemPackage", package: "swift-system")
let nio: [Target.Dependency] = [
    .product(name: "NIOCore", package: "swift-nio"),
    .product(name: "NIOPosix", package: "swift-nio"),
    .product(name: "NIOHTTP1", package: "swift-nio"),
]

// Layer 0: C libraries. A module map and a shim each, nothing else.
let cLibraries: [Target] = [
    cLibrary("CArchive", pkgConfig: "libarchive", "libarchive-dev"),
    cLibrary("CBlkid", pkgConfig: "blkid", "libblkid-dev"),
    cLibrary("CCrypto", pkgConfig: "libcrypto", "libssl-dev"),
    cLibrary("CCurl", pkgConfig: "libcurl", "libcurl4-openssl-dev"),
    cLibrary("CDeflate", pkgConfig: "libdeflate", "libdeflate-dev"),
    cLibrary("CRPM", pkgConfig: "rpm", "librpm-dev"),
    cLibrary("CSolv", pkgConfig: "libsolv libsolvext", "libsolvext-dev"),
    cLibrary("CYAML", pkgConfig: "yaml-0.1", "libyaml-dev"),
    cLibrary("CZstd", pkgConfig: "libzstd", "libzstd-dev"),
    .systemLibrary(name: "CLinux", path: "Sources/C/CLinux"),
    .systemLibrary(name: "CSHA", path: "Sources/C/CSHA"),
]

// Layer 1: values. No I/O.
let values: [Target] = [
    library("Autoscaling", ["PanelAPI"]),
    library("Cluster", ["CYAML"]),
    library("ConfigFiles"),
    library("Digests", ["CCrypto", "CSHA"]),
    library("HadoopMetrics"),
    library("MetricFormats"),
    library("NodeMetrics", ["PanelAPI"]),
    library("PanelAPI"),
    library("RepoMetadata", ["Digests"]),
]

// Layer 2: the world.
let world: [Target] = [
    library("Archive", ["CArchive"]),
    library("Host", ["CLinux", "CBlkid", subprocess, system]),
    library("Members", ["CDeflate", "CZstd"]),
    library("RPM", ["CRPM", "Digests"]),
    library("Solver", ["CSolv"]),
    library("Transfer", ["CCurl", "Digests"]),
]

// Layer 3: services.
let services: [Target] = [
    library("AWS", ["Digests", "Transfer", "Host"]),
    library("Doctor", ["AWS", "Transfer"]),
    library("PanelClient", ["PanelAPI", "Transfer", "AWS"]),
]

// Layer 4: capabilities.
let capabilities: [Target] = [
    library("ImageBuild", ["CLinux", "Cluster", "Digests", "Host", logging]),
    // Not optimised: Swift 6.3.1 crashes when it splits the coroutines of ContainerInstance.
    library(
        "LocalCloud",
        [
            "CLinux", "AWS", "Cluster", "Digests", "Host", "PanelAPI", "PanelClient", "Transfer",
            logging,
        ] + nio, [.unsafeFlags(["-Onone"])]),
    library(
        "Node",
        [
            "AWS", "Archive", "Cluster", "ConfigFiles", "Digests", "Doctor", "HadoopMetrics",
            "Host", "NodeMetrics", "PackageInstall", "PanelAPI", "PanelClient", "Solver",
            "Transfer",
            logging,
        ]),
    library(
        "PackageInstall",
        ["AWS", "Archive", "Digests", "Host", "RPM", "RepoMetadata", "Solver", "Transfer", logging]),
    library(
        "RepoGateway", ["AWS", "Cluster", "ConfigFiles", "Digests", "Host", "Transfer"]),
    library(
        "RepoPublish",
        [
            "AWS", "Archive", "Digests", "Host", "Members", "RPM", "RepoMetadata", "Transfer",
            logging,
        ]),
]

// Layer 5: programs.
let programs: [Target] = [
    program(
        "howdah",
        [
            "AWS", "Archive", "Cluster", "ConfigFiles", "Digests", "Doctor", "Host", "ImageBuild",
            "LocalCloud", "MetricFormats", "PanelAPI", "PanelClient", "RepoMetadata", "RepoPublish",
            "Transfer", arguments, logging,
        ]),
    program(
        "howdah-node",
        [
            "Cluster", "ConfigFiles", "Doctor", "Host", "Node", "PackageInstall", "RepoGateway",
            "AWS", "Solver", "Transfer", arguments, logging,
        ]),
]

let testTargets: [Target] = [
    .target(
        name: "Support", dependencies: ["ImageBuild", subprocess], path: "Tests/Support",
        swiftSettings: settings),
    // Each folder of Tests/Cases; howdah-node is made by a build with tests.
    tests("CaseTests", ["Support"]),
    tests("AutoscalingTests", ["Autoscaling"]),
    tests("AWSTests", ["AWS", "Digests", "Transfer", "Support"]),
    tests("ClusterTests", ["Archive", "Cluster", "Support"]),
    tests("ConfigFilesTests", ["ConfigFiles", "Support"]),
    tests("DigestsTests", ["Digests", "Support"]),
    tests("DoctorTests", ["Doctor", "AWS", "Transfer", "Support"]),
    .testTarget(
        name: "FuzzTests",
        dependencies: [
            "AWS", "Archive", "Cluster", "ConfigFiles", "Digests", "HadoopMetrics",
            "MetricFormats", "RPM", "RepoGateway", "RepoMetadata", "RepoPublish", "Support",
            "Transfer",
        ], path: "Tests/Fuzz", swiftSettings: settings),
    tests("HadoopMetricsTests", ["HadoopMetrics", "Support"]),
    tests("HostTests", ["Host", "Support"]),
    tests("ImageBuildTests", ["ImageBuild", "Cluster", "Digests", "Host", "Support"]),
    tests(
        "InteropTests",
        [
            "AWS", "Archive", "Digests", "Host", "Members", "RPM", "RepoMetadata", "RepoPublish",
            "Support",
            "Transfer",
        ]),
    tests(
        "LocalCloudTests",
        ["LocalCloud", "AWS", "Digests", "Host", "Node", "PanelAPI", "Transfer", "Support"]),
    tests("MetricFormatsTests", ["MetricFormats", "Support"]),
    tests("NodeMetricsTests", ["NodeMetrics", "PanelAPI", "Support"]),
    tests(
        "NodeTests",
        [
            "Doctor", "Node", "NodeMetrics", "Host", "Cluster", "ConfigFiles", "PanelAPI",
            "PanelClient", "AWS", "Digests", "Transfer", "Support",
        ]),
    tests(
        "PackageInstallTests",
        [
            "CLinux", "PackageInstall", "AWS", "Archive", "Solver", "RPM", "RepoPublish", "Digests",
            "Host", "Transfer", "Support",
        ]),
    tests("PackagingTests", ["Host", "Support"]),
    tests(
        "RepoGatewayTests",
        [
            "RepoGateway", "AWS", "Archive", "ConfigFiles", "Digests", "Host", "RepoPublish",
            "Transfer", "Support",
        ]),
    tests("RepoMetadataTests", ["RepoMetadata", "Digests", "Support"]),
    tests("StyleTests", [subprocess]),
    tests("TransferTests", ["Transfer", "Digests", "Support"]),
]

let hummingbird = Target.Dependency.product(name: "Hummingbird", package: "hummingbird")
let hummingbirdTesting = Target.Dependency.product(
    name: "HummingbirdTesting", package: "hummingbird")
let hummingbirdCore = Target.Dependency.product(name: "HummingbirdCore", package: "hummingbird")
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let httpTypes = Target.Dependency.product(name: "HTTPTypes", package: "swift-http-types")
let nioCore = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let nioHTTPTypes = Target.Dependency.product(name: "NIOHTTPTypes", package: "swift-nio-extras")
let nioSSL = Target.Dependency.product(name: "NIOSSL", package: "swift-nio-ssl")
let serviceLifecycle = Target.Dependency.product(
    name: "ServiceLifecycle", package: "swift-service-lifecycle")
let unixSignals = Target.Dependency.product(
    name: "UnixSignals", package: "swift-service-lifecycle")

let panel: [Target] = [
    library(
        "Panel",
        [
            "AWS", "Autoscaling", "Cluster", "Digests", "HadoopMetrics", "Host", "MetricFormats",
            "PanelAPI", "Transfer", hummingbird, grdb, logging, hummingbirdCore, httpTypes,
            serviceLifecycle, unixSignals, nioCore, nioPosix, nioHTTPTypes, nioSSL,
        ]),
    program(
        "howdah-panel", ["AWS", "Host", "Panel", "PanelAPI", "Transfer", arguments, logging]),
    tests(
        "PanelTests",
        [
            "Panel", "PanelAPI", "PanelClient", "AWS", "Autoscaling", "Cluster", "Digests",
            "HadoopMetrics", "Host", "MetricFormats", "Support", "Transfer", hummingbird,
            hummingbirdTesting, httpTypes, grdb, logging, nioCore,
        ]),
    // These drive the three programs, which a build with tests makes too.
    tests("MachineTests", ["AWS", "PanelAPI", "Support", "Transfer"]),
    tests("WalkTests", ["HadoopMetrics", "LocalCloud", "PanelAPI", "Support"]),
]

/// `scripts/check --libfuzzer` sets this: such a program has libFuzzer's main and no other.
let libFuzzer: [Target] =
    Context.environment["HOWDAH_LIBFUZZER"] == nil
    ? []
    : [
        .executableTarget(
            name: "howdah-fuzz",
            dependencies: ["Archive", "RPM", "RepoMetadata", "RepoPublish"],
            path: "Tests/LibFuzzer", exclude: ["words.dict"],
            swiftSettings: settings + [.unsafeFlags(["-parse-as-library"])])
    ]

let package = Package(
    name: "howdah",
    products: [],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2", traits: []),
        .package(url: "https://github.com/apple/swift-system", from: "1.5.0"),
    ]
        + (withPanel
            ? [
                .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
                .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
                .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
                .package(url: "https://github.com/apple/swift-nio-extras", from: "1.34.1"),
                .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.2"),
                .package(
                    url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
            ] : []),
    targets: cLibraries + values + world + services + capabilities + programs + testTargets
        + (withPanel ? panel : []) + libFuzzer
)
