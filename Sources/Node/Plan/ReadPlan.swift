internal import AWS
internal import Host

extension BootPlan {
    /// The plan of a boot that would begin now. Reads metadata and the image's files, changes
    /// nothing.
    public static func read(_ world: NodeWorld) async throws -> BootPlan {
        let facts = try await world.metadata.facts()
        return try BootConfiguration(world.paths).plan(for: facts)
    }
}
