import HTTPTypes
import Hummingbird
import HummingbirdTesting
import PanelAPI
import Testing

@testable import Panel

/// Who makes a call, and what they may.
@Suite struct PersonTests {
    @Test func `the token of the file is an admin's`() async throws {
        try await Lab.with { lab in
            try await lab.withPanel { _, api in
                let headers: HTTPFields = [.authorization: "Bearer \(Lab.operatorToken)"]
                try await api.execute(uri: "/v1/clusters", method: .get, headers: headers) {
                    #expect($0.status == .ok)
                }
                let wrong: HTTPFields = [.authorization: "Bearer another-token-than-that"]
                try await api.execute(uri: "/v1/clusters", method: .get, headers: wrong) {
                    #expect($0.status == .unauthorized)
                }
            }
        }
    }

    @Test func `each role may do what those before it may, and no more`() throws {
        #expect(PersonRole.allCases.sorted() == [.viewer, .operator, .admin])
        for needed in PersonRole.allCases {
            for role in PersonRole.allCases {
                let person = Person(name: "ada", role: role, proof: .file)
                guard role < needed else {
                    #expect(try person.having(needed) == person)
                    continue
                }
                let refusal = #expect(throws: Refusal.self) { try person.having(needed) }
                #expect(refusal?.status == .forbidden)
                #expect(refusal?.refusal.error == "role-too-low")
                #expect(refusal?.refusal.message.contains("'\(needed.rawValue)'") == true)
            }
        }
    }
}
