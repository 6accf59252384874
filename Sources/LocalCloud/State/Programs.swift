/// The programs of ours that a lab runs, absolute paths.
public struct Programs: Codable, Sendable, Equatable {
    public var howdah: String
    public var node: String
    public var panel: String

    public init(howdah: String, node: String, panel: String) {
        self.howdah = howdah
        self.node = node
        self.panel = panel
    }

    /// Those in the folder that `howdah` itself is in.
    public static func beside(_ howdah: String) -> Programs {
        let folder = howdah.lastIndex(of: "/").map { howdah[..<$0] } ?? "."
        return Programs(
            howdah: howdah, node: "\(folder)/howdah-node", panel: "\(folder)/howdah-panel")
    }

    func check(isExecutable: (String) -> Bool = Tools.isExecutable) throws(LabError) {
        for path in [howdah, node, panel] where !isExecutable(path) {
            throw LabError("'\(path)' is not there; 'swift build' makes it")
        }
    }
}
