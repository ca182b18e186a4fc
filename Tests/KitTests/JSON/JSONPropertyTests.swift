import Foundation
import PipelineKit
import PipelineTesting
import Testing

/// What holds for every document and every value.
struct JSONPropertyTests {
    @Test(arguments: [JSONForm.compact, .pretty])
    func everyFiniteValueIsReadBackAsItself(form: JSONForm) throws {
        var dice = Dice(seed: 1)
        for _ in 0..<3_000 {
            let value = dice.value()
            #expect(try JSONValue(parsing: value.encoded(form)) == value)
        }
    }

    @Test func everyWayToWriteAValueReadsTheSameAndAsFoundationReadsIt() throws {
        var dice = Dice(seed: 2)
        for _ in 0..<3_000 {
            let value = dice.value()
            let document = dice.document(value)
            #expect(try JSONValue(parsing: document) == value)
            let foundation = try JSONSerialization.jsonObject(with: Data(document.utf8), options: .fragmentsAllowed)
            #expect(agree(value, foundation), "\(document)")
        }
    }

    @Test(arguments: [JSONForm.compact, .pretty, .canonical])
    func foundationReadsWhatIsWritten(form: JSONForm) throws {
        var dice = Dice(seed: 3)
        for _ in 0..<1_000 {
            let value = dice.value()
            let foundation = try JSONSerialization.jsonObject(
                with: Data(value.encoded(form)),
                options: .fragmentsAllowed
            )
            #expect(agree(value, foundation, exactly: form != .canonical), "\(value.jsonText)")
        }
    }

    @Test func theCanonicalFormOfACanonicalFormIsItself() throws {
        var dice = Dice(seed: 4)
        for _ in 0..<2_000 {
            let canonical = dice.value().encoded(.canonical)
            #expect(try JSONValue(parsing: canonical).encoded(.canonical) == canonical)
        }
    }

    @Test func whatIsAcceptedOfBrokenDocumentsIsReadBackAsItself() {
        var dice = Dice(seed: 5)
        var accepted = 0
        for _ in 0..<20_000 {
            var bytes = Array(dice.document(dice.value(depth: 3)).utf8)
            for _ in 0..<dice.roll(1...3) { dice.mutate(&bytes) }
            guard let value = try? JSONValue(parsing: bytes) else { continue }
            accepted += 1
            #expect((try? JSONValue(parsing: value.encoded())) == value, "\(bytes)")
        }
        #expect((2_000...18_000).contains(accepted), "Too few or too many are accepted to say anything: \(accepted).")
    }

    /// Whether both readers found the same document.
    private func agree(_ value: JSONValue, _ foundation: Any, exactly: Bool = true) -> Bool {
        switch value {
        case .null: return foundation is NSNull
        case .bool(let value): return foundation as? Bool == value
        case .int(let number) where exactly: return (foundation as? NSNumber)?.intValue == number
        case .int(let number): return isNear(Double(number), foundation)
        case .double(let number): return isNear(number, foundation)
        case .string(let text): return foundation as? String == text
        case .array(let elements):
            guard let others = foundation as? [Any], others.count == elements.count else { return false }
            return zip(elements, others).allSatisfy { agree($0, $1, exactly: exactly) }
        case .object(let members):
            guard let others = foundation as? [String: Any], others.count == members.count else { return false }
            return members.allSatisfy { key, value in others[key].map { agree(value, $0, exactly: exactly) } ?? false }
        }
    }

    /// Foundation reads numbers with an exponent through `Decimal`, and misses the nearest `Double` by a little.
    private func isNear(_ number: Double, _ foundation: Any) -> Bool {
        guard let other = (foundation as? NSNumber)?.doubleValue else { return false }
        return abs(number - other) <= abs(number) * 1e-14
    }
}

extension Dice {
    /// Changes a document at one place.
    fileprivate mutating func mutate(_ bytes: inout [UInt8]) {
        let place = roll(0...bytes.count)
        switch roll(0...4) {
        case 0: bytes.insert(UInt8(truncatingIfNeeded: next()), at: place)
        case 1:
            bytes.insert(
                contentsOf: pick(["{", "}", "[", "]", ",", ":", "\"", "\\", "1", "-", "e9", " "]).utf8,
                at: place
            )
        case 2 where place < bytes.count: bytes.remove(at: place)
        case 3 where place < bytes.count: bytes[place] ^= 1 << UInt8(roll(0...7))
        default: bytes.removeSubrange(place..<min(bytes.count, place + roll(0...8)))
        }
    }
}
