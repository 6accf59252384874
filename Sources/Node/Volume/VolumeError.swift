/// Why a volume could not be had: which, what was found on it, what to do.
struct VolumeError: Error, CustomStringConvertible, Equatable {
    let description: String

    init(_ description: String) { self.description = description }
}
