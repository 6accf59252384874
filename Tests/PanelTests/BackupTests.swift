import Foundation
import GRDB
import Host
import PanelAPI
import PanelClient
import Testing

@testable import Panel

@Suite struct BackupTests {
    @Test func `a backup of a panel that serves is whole, and a restore goes back to it`()
        async throws
    {
        try await Lab.with { lab in
            let copy = lab.directory + "/copy.db"
            let backup = PanelBackup(database: lab.databasePath)
            try await lab.withPanel { _, api in
                lab.launch(1, role: "master")
                _ = try await lab.client(1, api).members()
                #expect(try backup.backUp(to: copy).nodes == 1)
                lab.launch(2, role: "slave")
                _ = try await lab.client(2, api).members()
            }
            #expect(throws: PanelStartError.self) { try backup.backUp(to: copy) }
            let mode = try FileManager.default.attributesOfItem(atPath: copy)[.posixPermissions]
            #expect(mode as? Int == 0o600)
            let (summary, setAside) = try backup.restore(from: copy, now: 5)
            #expect(summary.clusters == ["demo"] && summary.nodes == 1)
            #expect(setAside == lab.databasePath + ".before-restore-5")
            let nodes = try await lab.withPanel { panel, _ in
                try await panel.nodes.current().count
            }
            #expect(nodes == 1)
            let kept = PanelBackup(database: try #require(setAside))
            #expect(try kept.backUp(to: lab.directory + "/kept.db").nodes == 2)
        }
    }

    @Test func `a restore refuses what is no panel's, and a database that is served`()
        async throws
    {
        try await Lab.with { lab in
            let backup = PanelBackup(database: lab.databasePath)
            let copy = lab.directory + "/copy.db"
            try await lab.withPanel { _, _ in }
            _ = try backup.backUp(to: copy)
            let other = lab.directory + "/other.db"
            try await DatabaseQueue(path: other).write { try $0.execute(sql: "CREATE TABLE t (n)") }
            let broken = lab.directory + "/broken.db"
            var bytes = try Data(contentsOf: URL(filePath: copy))
            bytes.replaceSubrange(8192..<12288, with: Data(repeating: 0xff, count: 4096))
            try bytes.write(to: URL(filePath: broken))
            let newer = lab.directory + "/newer.db"
            try FileManager.default.copyItem(atPath: copy, toPath: newer)
            try await DatabaseQueue(path: newer).write {
                try $0.execute(sql: "INSERT INTO grdb_migrations VALUES ('99: to come')")
            }
            for (path, cause) in [
                (other, "no database of a panel"), (broken, "it is damaged"),
                (newer, "a newer howdah-panel"),
                (lab.directory + "/none.db", "there is no such file"),
            ] {
                let error = #expect(throws: PanelStartError.self) {
                    try backup.restore(from: path, now: 1)
                }
                #expect("\(error.map { "\($0)" } ?? "")".contains(cause))
            }
            let lock = try FileLock.take(PanelBackup.lockPath(lab.databasePath), in: Files())
            let error = #expect(throws: PanelStartError.self) {
                try backup.restore(from: copy, now: 1)
            }
            #expect("\(error.map { "\($0)" } ?? "")".contains("a howdah-panel serves it"))
            _ = consume lock
            let left = try FileManager.default.contentsOfDirectory(atPath: lab.directory)
            #expect(!left.contains { $0.contains("restore") || $0.hasSuffix(".part") })
        }
    }
}
