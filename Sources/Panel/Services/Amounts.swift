/// Numbers as people say them.
enum Amounts {
    static func count(_ count: Int, _ one: String, _ many: String) -> String {
        "\(count) \(count == 1 ? one : many)"
    }

    static func percent(_ share: Double) -> String {
        "\(Int(min(max(0, share), 1e6) * 100)) %"
    }

    static func bytes(_ bytes: Int64) -> String {
        let units = ["bytes", "KiB", "MiB", "GiB", "TiB"]
        var (value, unit) = (Double(max(0, bytes)), 0)
        while value >= 1024, unit < units.count - 1 { (value, unit) = (value / 1024, unit + 1) }
        let tenths = Int((value * 10).rounded())
        return "\(tenths / 10)\(tenths % 10 == 0 ? "" : ".\(tenths % 10)") \(units[unit])"
    }

    static func span(_ seconds: Double) -> String {
        let whole = Int(max(0, seconds))
        return whole < 120 ? "\(whole) s" : "\(whole / 60) minutes"
    }
}
