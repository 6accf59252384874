/// What was looked at, what was found, and what to do about it. No secret is ever part of it.
public struct Finding: Codable, Sendable, Equatable {
    public enum Level: String, Codable, Sendable {
        case fine
        /// It works, and will not always, or not as safely as it could.
        case warning
        case wrong
    }

    /// Such as `metadata`, `clock`, `panel`.
    public var check: String
    public var level: Level
    /// One line.
    public var text: String
    /// One line; nil where all is fine.
    public var remedy: String?

    public init(_ check: String, _ level: Level, _ text: String, remedy: String? = nil) {
        self.check = check
        self.level = level
        self.text = text
        self.remedy = remedy
    }

    public static func fine(_ check: String, _ text: String) -> Finding {
        Finding(check, .fine, text)
    }

    public static func warning(_ check: String, _ text: String, remedy: String) -> Finding {
        Finding(check, .warning, text, remedy: remedy)
    }

    public static func wrong(_ check: String, _ text: String, remedy: String) -> Finding {
        Finding(check, .wrong, text, remedy: remedy)
    }
}

/// All findings of one look.
public struct Diagnosis: Codable, Sendable, Equatable {
    public var findings: [Finding]

    public init(_ findings: [Finding]) {
        self.findings = findings
    }

    /// 0 all fine, 1 something is wrong, 2 nothing worse than warnings.
    public var exitCode: Int32 {
        if findings.contains(where: { $0.level == .wrong }) { return 1 }
        return findings.contains { $0.level == .warning } ? 2 : 0
    }

    /// For people: the findings in their order, each with its remedy below it, and a verdict.
    public var lines: [String] {
        let width = findings.map(\.check.count).max() ?? 0
        var lines: [String] = []
        for finding in findings {
            let level = finding.level.rawValue
            let gap = String(repeating: " ", count: 9 - level.count)
            let check = finding.check
            let space = String(repeating: " ", count: width - check.count + 2)
            lines.append(level + gap + check + space + finding.text)
            if let remedy = finding.remedy {
                lines.append(String(repeating: " ", count: width + 11) + "-> " + remedy)
            }
        }
        let wrong = findings.count { $0.level == .wrong }
        let warnings = findings.count { $0.level == .warning }
        return lines + [
            "\(wrong) wrong, \(warnings) to be warned of, "
                + "\(findings.count - wrong - warnings) fine"
        ]
    }
}
