/// rpm's order of versions (rpmio/rpmvercmp.c): segments of digits or letters one by one; `~` comes
/// before the end, `^` after it but before anything else.
public enum VersionOrder {
    /// Negative if `first` is older, 0 if they are equal, positive if it is newer.
    public static func compare(_ first: [UInt8], _ second: [UInt8]) -> Int {
        if first == second { return 0 }
        var (one, two) = (first[...], second[...])
        while !one.isEmpty || !two.isEmpty {
            one = one.drop { !isPart($0) }
            two = two.drop { !isPart($0) }
            if let order = mark(tilde, &one, &two) {
                if order != 0 { return order }
                continue
            }
            if let order = caret(&one, &two) {
                if order != 0 { return order }
                continue
            }
            guard let head = one.first, !two.isEmpty else { break }
            let isNumber = isDigit(head)
            let belongs = isNumber ? isDigit : isLetter
            let (left, right) = (one.prefix(while: belongs), two.prefix(while: belongs))
            // Of a number and a word the number is newer.
            if right.isEmpty { return isNumber ? 1 : -1 }
            let order = isNumber ? numbers(left, right) : words(left, right)
            if order != 0 { return order }
            (one, two) = (one.dropFirst(left.count), two.dropFirst(right.count))
        }
        if one.isEmpty && two.isEmpty { return 0 }
        return one.isEmpty ? -1 : 1
    }

    private static let tilde = UInt8(ascii: "~")
    private static let caretSign = UInt8(ascii: "^")

    /// Nil if neither begins with the mark; 0 if both did, and it was taken off.
    private static func mark(
        _ mark: UInt8, _ one: inout ArraySlice<UInt8>, _ two: inout ArraySlice<UInt8>
    ) -> Int? {
        switch (one.first == mark, two.first == mark) {
        case (false, false): return nil
        case (true, false): return -1
        case (false, true): return 1
        case (true, true):
            one.removeFirst()
            two.removeFirst()
            return 0
        }
    }

    private static func caret(
        _ one: inout ArraySlice<UInt8>, _ two: inout ArraySlice<UInt8>
    ) -> Int? {
        guard one.first == caretSign || two.first == caretSign else { return nil }
        if one.isEmpty { return -1 }
        if two.isEmpty { return 1 }
        return mark(caretSign, &one, &two)
    }

    private static func numbers(_ one: ArraySlice<UInt8>, _ two: ArraySlice<UInt8>) -> Int {
        let zero = UInt8(ascii: "0")
        let (left, right) = (one.drop { $0 == zero }, two.drop { $0 == zero })
        if left.count != right.count { return left.count - right.count }
        return words(left, right)
    }

    private static func words(_ one: ArraySlice<UInt8>, _ two: ArraySlice<UInt8>) -> Int {
        if one.elementsEqual(two) { return 0 }
        return one.lexicographicallyPrecedes(two) ? -1 : 1
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }

    private static func isPart(_ byte: UInt8) -> Bool {
        isDigit(byte) || isLetter(byte) || byte == tilde || byte == caretSign
    }
}
