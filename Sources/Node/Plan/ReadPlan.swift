internal import AWS
internal import Host

extension BootPreview {
    /// What a boot that would begin now would do. Reads metadata, the image's files, mounts and
    /// daemons; changes nothing. Throws what a boot would stop with before it knows what it is.
    public static func read(_ world: NodeWorld) async throws -> BootPreview {
        let facts = try await world.metadata.facts()
        let plan = try BootConfiguration(world.paths).plan(for: facts)
        return try await PreviewWork(world: world, plan: plan).preview()
    }
}
