/// Random numbers that are the same in every run: SplitMix64 (Steele, Lea and Flood, 2014).
public struct Dice: RandomNumberGenerator {
    private var state: UInt64

    /// - Parameter seed: Anything; the same seed gives the same numbers.
    public init(seed: UInt64) { state = seed }

    public mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// A number of a range.
    public mutating func roll(_ range: ClosedRange<Int>) -> Int { .random(in: range, using: &self) }

    /// One of some elements, of which there is at least one.
    public mutating func pick<Element>(_ elements: [Element]) -> Element { elements[roll(0...elements.count - 1)] }

    /// True once in so many throws.
    public mutating func once(in count: Int) -> Bool { roll(1...count) == 1 }
}
