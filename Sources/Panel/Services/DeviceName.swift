/// Device names for data volumes (EC2 user guide, "Device names for volumes": /dev/sd[f-p]).
enum DeviceName {
    static let all = "fghijklmnop".map { "/dev/sd\($0)" }

    /// The first that is not taken. `/dev/xvdf` is the same place as `/dev/sdf`.
    static func free(besides taken: some Sequence<String>) -> String? {
        let letters = Set(taken.compactMap { $0.last })
        return all.first { name in name.last.map { !letters.contains($0) } ?? false }
    }
}
