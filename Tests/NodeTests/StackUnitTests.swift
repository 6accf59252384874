import Cluster
import ConfigFiles
import FoundationEssentials
import Host
import Support
import Testing

@testable import Node

/// The units that a boot would write for the daemons of the shipped stacks, judged by systemd's own
/// tool.
@Suite(.enabled(if: UnitFileTests.hasSystemd)) struct StackUnitTests {
    static let folder = Checkout.root + "/images/stacks"

    @Test(arguments: try Files().list(folder))
    func `systemd has nothing to say against the units of a stack's daemons`(name: String)
        async throws
    {
        let path = "\(Self.folder)/\(name)"
        let stack = try Stack.parse(Array(Files().text(path).utf8), file: path)
        for role in stack.roles.values {
            try await withTemporaryDirectory { root in
                try await UnitFileTests.tree(root)
                let units = try role.daemons.map { try Self.write($0, below: root) }
                #expect(!units.isEmpty)
                let result = try await UnitFileTests.verify(root, units)
                #expect(result.exitCode == 0 && result.errors == "")
            }
        }
    }

    @Test func `a wrong word in such a unit does not get past systemd`() async throws {
        try await withTemporaryDirectory { root in
            try await UnitFileTests.tree(root)
            let unit = UnitFileTests.systemUnits + "/howdah-x.service"
            let text = "[Service]\nExecStart=/usr/bin/howdah-node\nMemoryMaximum=1\n"
            try Files(root: root).write(text, to: unit)
            let result = try await UnitFileTests.verify(root, ["howdah-x.service"])
            #expect(result.errors.contains("MemoryMaximum"))
        }
    }

    /// Its unit, and a program for it; says the unit's name.
    private static func write(_ spec: DaemonSpec, below root: String) throws -> String {
        let values = StackVariable.allCases.map { variable in
            (variable, variable == .root ? "" : "value")
        }
        let expansion = Expansion(Dictionary(uniqueKeysWithValues: values))
        let program = DaemonProgram(
            name: spec.name, command: try expansion.expand(spec.command), user: spec.user,
            shared: ["PATH": "/usr/bin"], environment: try expansion.expand(spec.environment),
            workingDirectory: try spec.directory.map { try expansion.expand($0) } ?? "/",
            log: "/var/log/howdah/\(spec.name).log", mounts: ["/data"],
            after: spec.after.map(UnitSupervisor.unit),
            stopDeadline: spec.stopDeadline, resources: spec.resources,
            hasPrivateMounts: spec.hasPrivateMounts)
        let files = Files(root: root)
        let folder = program.command[0].split(separator: "/").dropLast().joined(separator: "/")
        try files.makeDirectory("/" + folder)
        try files.write("#!/bin/sh\n", to: program.command[0], mode: 0o755)
        let unit = UnitSupervisor.unit(spec.name)
        let text = try UnitSupervisor.value(program, "1").render()
        try files.write(text, to: "\(UnitFileTests.systemUnits)/\(unit)")
        return unit
    }
}
