/// Makes the ids of requests that bring none, and takes over those that do.
struct RequestIDs {
    private var state: UInt64

    init(seed: UInt64 = .random(in: .min ... .max)) { state = seed }

    /// What the client sent, when it may stand in a log: up to 64 letters, digits, `.`, `_` and `-`; else a new one.
    mutating func id(for sent: String?) -> String {
        guard let sent, (1...64).contains(sent.utf8.count), sent.utf8.allSatisfy(Self.isPlain) else { return next() }
        return sent
    }

    /// 13 letters and digits: short enough to need no memory of its own.
    mutating func next() -> String {
        state &+= 0x9E37_79B9_7F4A_7C15
        var bits = Self.mix(state)
        return String(unsafeUninitializedCapacity: 13) { bytes in
            for index in 0..<13 {
                let digit = UInt8(bits & 31)
                bytes[index] = digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10
                bits >>= 5
            }
            return 13
        }
    }

    /// The finalizer of SplitMix64, which is a bijection: no id comes twice.
    private static func mix(_ number: UInt64) -> UInt64 {
        var bits = number
        bits = (bits ^ bits >> 30) &* 0xBF58_476D_1CE4_E5B9
        bits = (bits ^ bits >> 27) &* 0x94D0_49BB_1331_11EB
        return bits ^ bits >> 31
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
            true
        default: false
        }
    }
}
