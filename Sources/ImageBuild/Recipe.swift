/// What one recipe says: data, read from a `recipe.yaml`.
public struct Recipe: Sendable, Equatable {
    /// The number after `howdah-image:`.
    public static let version = "1"
    /// Times in an image are at most this if nothing says otherwise: 2026-01-01 00:00 UTC.
    public static let defaultEpoch = 1_767_225_600

    public var name: String
    /// The folder of the recipe below, relative to this one's; nil for one with a `bootstrap`.
    public var from: String?
    public var bootstrap: Bootstrap?
    /// Seconds since 1970 that no time in the image lies after.
    public var epoch: Int?
    /// Installed above the layer below, with what they need.
    public var packages: [String] = []
    public var groups: [RecipeGroup] = []
    public var users: [RecipeUser] = []
    public var inputs: [RecipeInput] = []
    public var files: [RecipeFile] = []
    /// Absolute paths to remove, with shell patterns.
    public var remove: [String] = []
    public var units = RecipeUnits()
    /// Shell commands, run in the tree as root, without a network.
    public var commands: [String] = []
    /// Shell commands that must succeed in the finished tree, which they cannot change.
    public var checks: [String] = []
    /// Absolute paths that must not be in a finished image, beside those that never may.
    public var absent: [String] = []
}

/// How the lowest layer comes to be.
public enum Bootstrap: Sendable, Equatable {
    case debian(DebianBootstrap)
    case dnf(DNFBootstrap)
    /// A folder whose content is the tree.
    case folder(RecipeSource)
    /// An archive that tar(1) reads.
    case tar(RecipeSource)
}

/// A Debian system, by mmdebstrap.
public struct DebianBootstrap: Sendable, Equatable {
    /// Such as `bookworm`.
    public var suite: String
    /// Lines of a sources.list(5); the image keeps them.
    public var sources: [String]
    /// Beside the essential and required ones.
    public var packages: [String]
    /// Patterns of paths that no package may bring, as of dpkg's `path-exclude`.
    public var exclude: [String]
}

/// A system of RPMs, by `dnf --installroot`.
public struct DNFBootstrap: Sendable, Equatable {
    public struct Repository: Sendable, Equatable {
        public var id: String
        public var baseURL: String
        /// An absolute path or URL of the key; nil leaves signatures unchecked.
        public var key: String?
    }

    /// The value of `$releasever`.
    public var release: String
    public var repositories: [Repository]
    public var packages: [String]
}

/// Where the content of a file comes from.
public enum RecipeSource: Sendable, Equatable {
    /// What `--set NAME=PATH` or the input's default says.
    case input(String)
    /// A file or folder beside the recipe.
    case file(String)
}

public struct RecipeGroup: Sendable, Equatable {
    public var name: String
    public var id: UInt32
}

public struct RecipeUser: Sendable, Equatable {
    public var name: String
    public var id: UInt32
    /// The name of the main group.
    public var group: String
    public var home: String
    public var shell: String
}

public struct RecipeInput: Sendable, Equatable {
    public var name: String
    /// Relative to the recipe's folder.
    public var path: String?
    /// Nothing is written for an optional input that is not given.
    public var isOptional: Bool
}

/// A file, folder or link of the image.
public struct RecipeFile: Sendable, Equatable {
    public enum Content: Sendable, Equatable {
        case source(RecipeSource)
        case text(String)
        case link(String)
        case directory
    }

    /// An absolute path.
    public var path: String
    public var content: Content
    /// Permission bits; nil for 0755 where the source may be executed, else 0644.
    public var mode: UInt16?
    /// Names or numbers; root where nil.
    public var owner: String?
    public var group: String?
}

/// What `systemctl --root` is to do.
public struct RecipeUnits: Sendable, Equatable {
    public var enable: [String] = []
    public var disable: [String] = []
    public var mask: [String] = []

    public var isEmpty: Bool { enable.isEmpty && disable.isEmpty && mask.isEmpty }
}
