import PipelineTesting
import Testing

@testable import PipelineKit

/// Edit distance, and the words it suggests.
struct SuggestionTests {
    @Test(arguments: [
        ("", "", 0), ("a", "a", 0), ("", "abc", 3), ("abc", "", 3), ("timeout", "timout", 1), ("timeout", "tiemout", 1),
        ("timeout", "timeouts", 1), ("timeout", "timebut", 1), ("ab", "ba", 1), ("abcd", "badc", 2), ("ca", "abc", 3),
        ("kitten", "sitting", 3), ("é", "e", 1), ("👍🏽", "👍", 1),
    ])
    func distanceCountsEdits(left: String, right: String, edits: Int) {
        #expect(Suggestion.distance(left, right) == edits)
    }

    @Test func distanceIsSymmetricAndBoundedByTheLengths() {
        var dice = Dice(seed: 6)
        for _ in 0..<2_000 {
            let (left, right) = (word(&dice), word(&dice))
            let edits = Suggestion.distance(left, right)
            #expect(edits == Suggestion.distance(right, left), "\(left) \(right)")
            #expect(edits >= abs(left.count - right.count) && edits <= max(left.count, right.count), "\(left) \(right)")
            #expect((edits == 0) == (left == right), "\(left) \(right)")
        }
    }

    /// A swap is two edits when only letters by themselves count, and so the plain distance is at most twice this one.
    @Test func distanceIsNeverMoreThanLevenshteinsAndNeverLessThanHalf() {
        var dice = Dice(seed: 7)
        for _ in 0..<2_000 {
            let (left, right) = (word(&dice), word(&dice))
            let edits = Suggestion.distance(left, right)
            let plain = levenshtein(Substring(left), Substring(right))
            #expect(edits <= plain && plain <= 2 * edits, "\(left) \(right)")
        }
    }

    @Test func aSwapOfNeighboursCountsOne() {
        var dice = Dice(seed: 8)
        for _ in 0..<2_000 {
            let letters = Array("abcdefgh").shuffled(using: &dice)
            var swapped = letters
            let place = dice.roll(0...6)
            swapped.swapAt(place, place + 1)
            #expect(Suggestion.distance(String(letters), String(swapped)) == 1)
        }
    }

    @Test(arguments: [
        ("timout", " Did you mean 'timeout'?"), ("gat", " Did you mean 'gate'?"), ("x", " Did you mean 'b'?"),
        ("", " Did you mean 'b'?"),
        ("timeoutlimit", ""),
        ("tnemlop", ""), ("xy", ""),
    ])
    func onlyANearWordIsSuggested(word: String, sentence: String) {
        #expect(Suggestion.sentence(for: word, among: ["timeout", "gate", "b"]) == sentence)
    }

    @Test func theNearestWinsAndThenTheFirstByName() {
        #expect(Suggestion.nearest(to: "tests", among: ["texts", "test", "rests"]) == "rests")
        #expect(Suggestion.nearest(to: "testss", among: ["texts", "tests"]) == "tests")
        #expect(Suggestion.nearest(to: "anything", among: []) == nil)
    }

    private func word(_ dice: inout Dice) -> String {
        String((0..<dice.roll(0...6)).map { _ in dice.pick(["a", "b", "c"]) })
    }

    /// By its definition.
    private func levenshtein(_ left: Substring, _ right: Substring) -> Int {
        guard let first = left.first, let other = right.first else { return max(left.count, right.count) }
        let (rest, others) = (left.dropFirst(), right.dropFirst())
        if first == other { return levenshtein(rest, others) }
        return 1 + min(levenshtein(rest, right), levenshtein(left, others), levenshtein(rest, others))
    }
}
