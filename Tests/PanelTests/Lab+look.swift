import Foundation
import GRDB

@testable import Panel

extension Panel {
    /// The audit log's lines of one action: subject and detail.
    func auditLines(_ action: String) async throws -> [String] {
        try await database.read { database in
            try String.fetchAll(
                database,
                sql: "SELECT subject || ' ' || detail FROM audit WHERE action = ? ORDER BY id",
                arguments: [action])
        }
    }
}

extension Lab {
    func databaseFiles() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: directory)
            .filter { $0.hasPrefix("panel.db") }
    }

    /// A file's bytes as text, one character a byte, to look for strings in.
    func file(_ name: String) throws -> String {
        let data = try Data(contentsOf: URL(fileURLWithPath: "\(directory)/\(name)"))
        return String(data: data, encoding: .isoLatin1) ?? ""
    }
}
