import PipelineKit
import Testing

/// Messages are an array in all but the cost of a copy.
struct MessagesTests {
    private static func words(_ count: Int) -> [Message] { (0..<count).map { .user("\($0)") } }

    @Test(arguments: [0, 1, 63, 64, 65, 128, 1_000]) func theyStandInTheirOrder(count: Int) {
        let messages = Messages(Self.words(count))
        #expect(messages.count == count)
        #expect(Array(messages) == Self.words(count))
        #expect(Array(messages.reversed()) == Self.words(count).reversed())
        #expect(Array(messages.dropFirst(70)) == Array(Self.words(count).dropFirst(70)))
    }

    @Test(arguments: [1, 63, 64, 65, 130]) func copiesChangeAlone(count: Int) {
        let first = Messages(Self.words(count))
        var second = first
        second[count - 1] = .user("another")
        second.append(.user("more"))
        #expect(Array(first) == Self.words(count))
        #expect(Array(second) == Self.words(count - 1) + [.user("another"), .user("more")])
        #expect(first != second)
    }

    @Test func theyAreEqualHoweverTheyCameTogether() {
        var messages: Messages = [.user("0")]
        messages.append(contentsOf: Self.words(100).dropFirst())
        #expect(messages == Messages(Self.words(100)))
        #expect(messages.hashValue == Messages(Self.words(100)).hashValue)
    }
}
