/// Lets a bounded number of pieces of work through at once and turns the others away.
actor Gate {
    private let maximum: Int
    private let name: String
    private var inside = 0

    /// `name` is what there is too much of, in the plural.
    init(maximum: Int, name: String) {
        self.maximum = maximum
        self.name = name
    }

    func enter() throws(Refusal) {
        guard inside < maximum else { throw Refusal.busy(name) }
        inside += 1
    }

    func exit() { inside -= 1 }
}
