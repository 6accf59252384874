import FoundationEssentials
import Testing

@testable import Doctor

@Suite struct ClockTests {
    static let theirs = Date(timeIntervalSince1970: 784_111_777)

    @Test func `the date of an answer is read as the RFC writes it`() {
        #expect(HTTPDate.parse("Sun, 06 Nov 1994 08:49:37 GMT") == Self.theirs)
        #expect(
            HTTPDate.parse("Thu, 29 Feb 2024 00:00:00 GMT")
                == Date(timeIntervalSince1970: 1_709_164_800))
        for text in [
            "", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:37 CET",
            "Sun, 06 Xyz 1994 08:49:37 GMT", "Sun, 06 Nov 1994 25:49:37 GMT",
        ] { #expect(HTTPDate.parse(text) == nil, "\(text)") }
    }

    @Test(arguments: [
        (0.0, Finding.Level.fine), (5.9, .fine), (6.1, .warning), (-4.9, .fine), (-5.1, .warning),
        (300, .warning), (302, .wrong), (-301, .wrong), (1e9, .wrong),
    ]) func `seconds do not matter, minutes do`(ahead: Double, level: Finding.Level) {
        let now = Self.theirs.addingTimeInterval(ahead)
        let finding = ClockCheck.finding(theirs: Self.theirs, ours: now...now, from: "S3")
        #expect(finding.level == level, "\(finding.text)")
        #expect((finding.remedy == nil) == (level == .fine))
    }

    @Test func `a slow answer does not make a clock wrong`() {
        let ours = Self.theirs.addingTimeInterval(-400)...Self.theirs.addingTimeInterval(400)
        #expect(ClockCheck.finding(theirs: Self.theirs, ours: ours, from: "S3").level == .fine)
    }

    @Test func `the exit code is that of the worst, and each remedy stands below`() {
        let fine = Finding.fine("clock", "good")
        let warning = Finding.warning("disks", "full", remedy: "make room")
        let wrong = Finding.wrong("panel", "away", remedy: "start it")
        #expect(Diagnosis([fine]).exitCode == 0)
        #expect(Diagnosis([fine, warning]).exitCode == 2)
        #expect(Diagnosis([warning, wrong, fine]).exitCode == 1)
        #expect(
            Diagnosis([fine, wrong]).lines == [
                "fine     clock  good", "wrong    panel  away", "                -> start it",
                "1 wrong, 0 to be warned of, 1 fine",
            ])
    }
}
