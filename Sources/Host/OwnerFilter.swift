/// Rules of the kernel's packet filter by which no user but root reaches some addresses: by nft(8),
/// or where that cannot do it by iptables(8). They last until the kernel's next start.
public struct OwnerFilter: Sendable {
    public enum Tool: String, Sendable, CaseIterable {
        case nft, iptables
    }

    /// How it was done.
    public struct Closing: Sendable, Equatable {
        public var tool: Tool
        /// False where the rules were there before.
        public var isNew: Bool
    }

    static let deadline = Duration.seconds(20)
    /// Others may hold the lock of iptables.
    static let lockSeconds = 10
    /// More often than that a rule is not there twice.
    static let maximumCopies = 8

    /// Of nftables: nobody else's rules are in it.
    private let table: String
    private let addresses: [String]
    private let tools: [Tool]
    private let namespace: String?

    /// `addresses` are numeric, of either version of the Internet Protocol; `tools` are tried in
    /// turn; `namespace` is the path of the network namespace whose rules are meant, nil for ours.
    public init(
        table: String, addresses: [String], tools: [Tool] = Tool.allCases, namespace: String? = nil
    ) {
        self.table = table
        self.addresses = addresses
        self.tools = tools
        self.namespace = namespace
    }

    /// Closes the addresses by the first tool that can. Safe to run again. Throws with what each of
    /// them said.
    public func close() async throws -> Closing {
        var reasons: [String] = []
        for tool in tools {
            switch await closing(by: tool) {
            case .success(let closing): return closing
            case .failure(let error): reasons.append("\(error)")
            }
        }
        throw FilterError(description: reasons.joined(separator: "; "))
    }

    /// Takes away all rules of ours; false where there are none.
    public func open() async -> Bool {
        var isChanged = false
        if await succeeds("nft", ["list", "table", "inet", table]) {
            isChanged = await succeeds("nft", ["delete", "table", "inet", table])
        }
        for address in addresses {
            for _ in 0..<Self.maximumCopies where await has(address) {
                guard await succeeds(program(address), arguments("-D", address)) else { break }
                isChanged = true
            }
        }
        return isChanged
    }

    private func closing(by tool: Tool) async -> Result<Closing, any Error> {
        do {
            let isNew = tool == .nft ? try await closeTable() : try await closeChains()
            return .success(Closing(tool: tool, isNew: isNew))
        } catch {
            return .failure(error)
        }
    }

    // MARK: - nft

    private func closeTable() async throws -> Bool {
        let wasThere = await succeeds("nft", ["list", "table", "inet", table])
        try await require("nft", ["-f", "-"], input: Array(script.utf8))
        return !wasThere
    }

    /// One transaction: there is no moment without the rules. nft(8), "table": adding one that is
    /// there is no error, and so it can be deleted without knowing.
    var script: String {
        let rules = addresses.map { address in
            let family = address.contains(":") ? "ip6" : "ip"
            return "    \(family) daddr \(address) meta skuid != 0 "
                + "reject with icmpx type admin-prohibited\n"
        }
        return """
            add table inet \(table)
            delete table inet \(table)
            table inet \(table) {
              chain output {
                type filter hook output priority 0; policy accept;
            \(rules.joined())  }
            }

            """
    }

    // MARK: - iptables

    private func closeChains() async throws -> Bool {
        var outcomes: [Result<Bool, any Error>] = []
        for address in addresses { outcomes.append(await insertion(of: address)) }
        return try outcomes.map { try $0.get() }.contains(true)
    }

    /// Whether a rule was missing.
    private func insertion(of address: String) async -> Result<Bool, any Error> {
        if await has(address) { return .success(false) }
        do {
            // At the top: what stands before it would count first.
            try await require(program(address), arguments("-I", address))
            return .success(true)
        } catch {
            // A kernel without the sixth version cannot reach it either.
            return address.contains(":") ? .success(false) : .failure(error)
        }
    }

    private func has(_ address: String) async -> Bool {
        await succeeds(program(address), arguments("-C", address))
    }

    private func program(_ address: String) -> String {
        address.contains(":") ? "ip6tables" : "iptables"
    }

    private func arguments(_ verb: String, _ address: String) -> [String] {
        [
            "-w", "\(Self.lockSeconds)", verb, "OUTPUT", "-d", address, "-m", "owner", "!",
            "--uid-owner", "0", "-j", "REJECT",
        ]
    }

    // MARK: - Programs

    private func require(
        _ program: String, _ arguments: [String], input: [UInt8] = []
    ) async throws {
        let (first, rest) = command(program, arguments)
        try await ProcessRunner().require(first, rest, input: input, deadline: Self.deadline)
    }

    private func succeeds(_ program: String, _ arguments: [String]) async -> Bool {
        let (first, rest) = command(program, arguments)
        let result = try? await ProcessRunner().run(first, rest, deadline: Self.deadline)
        return result?.succeeded ?? false
    }

    private func command(_ program: String, _ arguments: [String]) -> (String, [String]) {
        guard let namespace else { return (program, arguments) }
        return ("nsenter", ["--net=\(namespace)", program] + arguments)
    }
}

/// No tool could set the rules.
public struct FilterError: Error, CustomStringConvertible {
    /// What each of them said.
    public let description: String
}
