internal import Glibc

/// The root tree that containers of tests boot from.
public enum ContainerTree {
    /// `HOWDAH_TEST_TREE`, or what `scripts/setup` has built of `images/base`.
    public static let base: String =
        getenv("HOWDAH_TEST_TREE").map { String(cString: $0) } ?? Checkout.cache
        + "/images/base/root"

    /// Why a test that boots it must be left out; nil where it can.
    public static let whyNot: String? =
        BootedContainer.whyNot
        ?? (access(base + "/usr/lib/systemd/systemd", X_OK) == 0
            ? nil : "no tree in '\(base)': run scripts/setup")
}
