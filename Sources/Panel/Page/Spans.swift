/// Spans of time in words.
enum Spans {
    /// `4 s`, `3 min`, `2 h 5 min`, `3 d 4 h`; below ten seconds with one decimal.
    static func words(_ seconds: Double) -> String {
        guard seconds.isFinite, seconds < 1e9 else { return "ages" }
        let whole = Int(max(0, seconds))
        return switch whole {
        case ..<10: "\((max(0, seconds) * 10).rounded() / 10) s"
        case ..<120: "\(whole) s"
        case ..<7200: "\(whole / 60) min"
        case ..<172_800: "\(whole / 3600) h \(whole % 3600 / 60) min"
        default: "\(whole / 86_400) d \(whole % 86_400 / 3600) h"
        }
    }
}
