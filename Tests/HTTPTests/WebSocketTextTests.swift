import HTTPServer
import PipelineTesting
import Testing

/// The validator of UTF-8 says what Swift's own says, and says it at the first byte that decides.
struct WebSocketTextTests {
    private static func isValid(_ bytes: [UInt8]) -> Bool { String(validating: bytes, as: UTF8.self) != nil }

    private static func isAccepted(_ bytes: [UInt8]) -> Bool {
        var validator = UTF8Validator()
        return bytes.withUnsafeBytes { validator.firstInvalid(in: $0) } == nil && validator.isComplete
    }

    /// Every second byte that bounds a range of table 3-7 of Unicode, and what can follow it.
    private static let completions: [[UInt8]] =
        [[]] + ([0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF] as [UInt8]).flatMap { [[$0], [$0, 0x80], [$0, 0x80, 0x80]] }

    private static func canBegin(_ bytes: ArraySlice<UInt8>) -> Bool {
        completions.contains { isValid(bytes + $0) }
    }

    /// First and last bytes of every range that the table tells apart.
    private static let bounds: [UInt8] = [
        0x00, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC1, 0xC2, 0xDF, 0xE0, 0xE1, 0xEC, 0xED, 0xEE, 0xEF,
        0xF0,
        0xF1, 0xF3, 0xF4, 0xF5, 0xFF,
    ]

    @Test func everyPairOfBytesIsJudgedAsSwiftDoes() {
        let pairs = (0...0xFFFF).map { [UInt8($0 >> 8), UInt8($0 & 0xFF)] }
        #expect(pairs.filter { Self.isAccepted($0) != Self.isValid($0) } == [])
    }

    @Test func everyTripleOfBoundsIsJudgedAsSwiftDoes() {
        let triples = Self.bounds.flatMap { a in Self.bounds.flatMap { b in Self.bounds.map { [a, b, $0] } } }
        #expect(triples.filter { Self.isAccepted($0) != Self.isValid($0) } == [])
    }

    @Test(arguments: [0xE0, 0xED, 0xEF, 0xF0, 0xF1, 0xF3, 0xF4, 0xF5] as [UInt8])
    func everyFourBoundsAreJudgedAsSwiftDoes(first: UInt8) {
        let fours = Self.bounds.flatMap { b in Self.bounds.flatMap { c in Self.bounds.map { [first, b, c, $0] } } }
        #expect(fours.filter { Self.isAccepted($0) != Self.isValid($0) } == [])
    }

    @Test func randomTextsWithOneWrongByteAreRefusedWhereTheyGoWrong() {
        var dice = Dice(seed: 3629)
        var refused = 0
        for _ in 0..<2000 {
            var bytes = (0..<dice.roll(1...12)).flatMap { _ in Array(dice.pick(["a", "é", "€", "😀", "texttext"]).utf8) }
            bytes[dice.roll(0...bytes.count - 1)] = dice.pick(Self.bounds)
            var validator = UTF8Validator()
            let invalid = bytes.withUnsafeBytes { validator.firstInvalid(in: $0) }
            let expected = bytes.indices.first { !Self.canBegin(bytes[...$0]) }
            #expect(invalid == expected, "\(bytes)")
            if invalid != nil { refused += 1 } else { #expect(validator.isComplete == Self.isValid(bytes)) }
        }
        #expect(refused > 500)
    }

    @Test func randomBytesAreJudgedAsSwiftDoesInWhateverPieces() {
        var dice = Dice(seed: 10646)
        for _ in 0..<5000 {
            let bytes = (0..<dice.roll(0...6)).map { _ in dice.pick(Self.bounds) }
            var validator = UTF8Validator()
            let isRefused = bytes.contains { byte in
                withUnsafeBytes(of: byte) { validator.firstInvalid(in: $0) } != nil
            }
            #expect((!isRefused && validator.isComplete) == Self.isValid(bytes), "\(bytes)")
        }
    }
}
