import PipelineKit
import PipelineTesting
import Testing

@testable import PipelineEngine

/// What is kept beside a conversation is what one would find by reading all of it.
struct ConversationTests {
    private static let calls = (0..<3).map { ToolCall(id: CallID("c\($0)"), tool: "look", arguments: #"{"n":\#($0)}"#) }

    /// So many turns of a reply with calls, their results, and a word in between.
    private static func conversation(turns: Int) -> Conversation {
        var conversation = Conversation()
        for turn in 0..<turns {
            conversation.append(.user("é\(turn)"))
            conversation.append(.assistant("I look.", calls: []))
            for call in calls { conversation.append(call) }
            for call in calls { conversation.append(.tool(call: call.id, name: call.tool, text: "ok", isError: false)) }
        }
        return conversation
    }

    @Test(arguments: [0, 1, 2, 13, 200]) func theMessagesStandInTheirOrder(turns: Int) {
        let conversation = Self.conversation(turns: turns)
        let expected: [Message] = (0..<turns).flatMap { turn -> [Message] in
            let results = Self.calls.map { Message.tool(call: $0.id, name: $0.tool, text: "ok", isError: false) }
            return [.user("é\(turn)"), .assistant("I look.", calls: Self.calls)] + results
        }
        #expect(conversation.messages == Messages(expected))
        #expect(conversation.messages.count == expected.count)
    }

    @Test func theBytesAreThoseOfAllTexts() {
        // "é0", "I look.", three calls of "look" and {"n":0}, three results of "look" and "ok"
        #expect(Self.conversation(turns: 1).bytes == 3 + 7 + 3 * (4 + 7) + 3 * (4 + 2))
        #expect(Self.conversation(turns: 10).bytes == 10 * Self.conversation(turns: 1).bytes)
    }

    /// As `Docs/Events.md` tells it to whoever recomputes it from an export.
    @Test func theDigestIsChainedOverCanonicalMessages() {
        let lines = [
            #"{"role":"user","text":"é0"}"#,
            #"{"calls":[{"arguments":"{\"n\":0}","id":"c0","tool":"look"},{"arguments":"{\"n\":1}","id":"c1","tool":"look"},"#
                + #"{"arguments":"{\"n\":2}","id":"c2","tool":"look"}],"role":"assistant","text":"I look."}"#,
            #"{"call":"c0","is_error":false,"name":"look","role":"tool","text":"ok"}"#,
            #"{"call":"c1","is_error":false,"name":"look","role":"tool","text":"ok"}"#,
            #"{"call":"c2","is_error":false,"name":"look","role":"tool","text":"ok"}"#,
        ]
        let expected = lines.reduce(Chain.start) { Digest(of: $0.bytes + Array($1.utf8)) }
        #expect(Self.conversation(turns: 1).digest == expected)
    }

    @Test func imagesAreCountedAndNamedInTheDigest() {
        var conversation = Conversation()
        let images = [SampleImages.reference(), SampleImages.reference(mark: 1)]
        conversation.append(.tool(call: "c0", name: "look", text: "ok", isError: false, images: images))
        #expect(conversation.images == 2)
        #expect(conversation.bytes == 4 + 2 + 2 * 120)
        let line =
            #"{"call":"c0","images":["digest-0","digest-1"],"is_error":false,"name":"look","role":"tool","text":"ok"}"#
        #expect(conversation.digest == Digest(of: Chain.start.bytes + Array(line.utf8)))
    }

    @Test func aCallAddedLateChangesTheDigest() {
        var conversation = Self.conversation(turns: 70)
        let before = conversation.digest
        conversation.append(Self.calls[0])
        #expect(conversation.digest != before)
        #expect(Self.conversation(turns: 70).digest == before)
    }

    @Test func copiesOfAShardedDictionaryChangeAlone() {
        var first = ShardedDictionary<Int, String>()
        for number in 0..<1_000 { first[number] = "\(number)" }
        var second = first
        second[7] = nil
        second[8]?.append("!")
        #expect((first.count, second.count) == (1_000, 999))
        #expect((first[7], first[8]) == ("7", "8"))
        #expect((second[7], second[8]) == (nil, "8!"))
        #expect(first != second)
    }

    @Test func openQuestionsAreThoseWithoutAnAnswer() {
        let asked = (1...3).map { number in
            Event.Payload.approvalRequested(
                Approval(id: ApprovalID(number: number), subject: .plan(turn: 1), question: "?", shown: Chain.start)
            )
        }
        let state = RunState.given([.started(["name": "p", "goal": "command"]), .opened] + asked)
        #expect(state.pendingApprovals.map(\.approval.id) == ["a1", "a2", "a3"])
        let answered = state.after([.approvalResolved("a2", Resolution(.approved, by: "ada"))])
        #expect(answered.pendingApprovals.map(\.approval.id) == ["a1", "a3"])
        #expect(answered.after([.runFinished(.aborted, reason: "")]).pendingApprovals.isEmpty)
    }
}
