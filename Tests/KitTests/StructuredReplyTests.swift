import PipelineKit
import Testing

/// The text of a reply, read as JSON of a form.
struct StructuredReplyTests {
    struct Verdict: Fields, Equatable {
        @Field("Whether it holds.") var holds: Bool
        @Field("Why.") var why: String = "No reason."
        @Field("Lines.") var lines: [Int] = []
        init() {}
    }

    private func read(_ text: String, _ stop: ModelReply.Stop = .finished) throws(Failure) -> Verdict {
        try ModelReply(text: text, stop: stop).structured(as: Verdict.self)
    }

    @Test(arguments: [
        #"{"holds": true, "why": "Tests pass."}"#, " \n{\"holds\":true,\"why\":\"Tests pass.\",\"lines\":null}\n",
        "```json\n{\"holds\": true, \"why\": \"Tests pass.\"}\n```",
        "```\n{\"holds\": true, \"why\": \"Tests pass.\"}```",
    ])
    func jsonIsRead(text: String) throws {
        let verdict = try read(text)
        #expect(verdict.holds && verdict.why == "Tests pass." && verdict.lines == [])
    }

    @Test(
        arguments: [
            ("It holds.", .finished, "is no JSON: 'It holds.'."), ("", .finished, "is no JSON: nothing."),
            ("``````", .finished, "is no JSON: '``````'."),
            (#"{"holds": tr"#, .length, #"reached the limit of its length: '{"holds": tr'."#),
            ("", .filtered, "was withheld by the service: nothing."),
            (
                #"{"hold": true, "why": 1}"#, .finished,
                """
                is not of the form that was asked for (Unknown field 'hold'. Did you mean 'holds'? Field 'why' must be text, \
                but is 1.): '{"hold": true, "why": 1}'.
                """
            ),
        ] as [(String, ModelReply.Stop, String)]
    )
    func whatIsNoneIsQuoted(text: String, stop: ModelReply.Stop, message: String) {
        let failure = Failure(.unavailable, "The answer of the model \(message)", mayHaveCost: true)
        #expect(throws: failure) { try read(text, stop) }
    }

    @Test func aLongAnswerIsQuotedUpToALimit() {
        let failure = #expect(throws: Failure.self) { try read(String(repeating: "x", count: 10_000)) }
        #expect((failure?.message.count ?? 0) < 600)
    }

    @Test(arguments: [
        ("verdict", "verdict"), ("My form, 1", "Myform1"), ("", "answer"), ("é", "answer"),
        (String(repeating: "ab", count: 50), String(repeating: "ab", count: 32)),
    ])
    func aNameIsOneThatVendorsTake(name: String, taken: String) {
        #expect(ReplyForm(name, schema: [:]).name == taken)
    }

    @Test func aFormIsThatOfItsFields() {
        #expect(
            ReplyForm("verdict", of: Verdict.self).schema["properties"]?.members.keys.sorted() == [
                "holds", "lines", "why",
            ]
        )
    }
}
