internal import Glibc
internal import Host

extension InstanceForm {
    /// Looks what this machine allows, by trying where nothing else tells.
    public static func find(wantsLight: Bool) async throws -> Choice {
        if wantsLight { return choose(Rights(wantsLight: true)) }
        let tools = try Tools.locate(environment: ProcessEnvironment.current)
        let apart = try await Isolation.Rights.find(tools)
        let roots = ControlGroups.roots()
        return choose(
            Rights(
                isRoot: apart.isRoot, canMakeNamespaces: apart.canMakeNamespaces,
                hasNspawn: tools.nspawn != nil, hasMakeXFS: tools.makeXFS != nil,
                canMountOverlay: apart.isRoot ? try await canMountOverlay(tools) : false,
                hasControlGroups: !roots.isEmpty
                    && roots.allSatisfy { access(ControlGroups.base + $0, W_OK) == 0 }))
    }

    /// In a mount namespace of its own, over a folder that every machine has.
    private static func canMountOverlay(_ tools: Tools) async throws -> Bool {
        try await ProcessRunner().run(
            tools.unshare,
            [
                "--mount", "--propagation", "private", "mount", "-t", "overlay", "overlay", "-o",
                "lowerdir=/usr:/etc", "/tmp",
            ], environment: ["PATH": tools.path]
        ).succeeded
    }
}
