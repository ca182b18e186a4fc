import PipelineEngine
import PipelineKit
import PipelineTesting
import Testing

@testable import MContract

/// What people are told, and how much of it fits.
struct PushMessageTests {
    private func message(_ question: String, run: String = "r1") -> PushMessage {
        let asked = Asked()
        asked.ask(run, at: .start, question: question)
        return PushMessage(of: asked.all[0], level: 0, badge: 1)
    }

    @Test func nothingInAQuestionHidesWhatIsRead() {
        #expect(message("Run 'rm'?\n\u{202E}gpj.exe\u{1B}[2J").body == "Run 'rm'?\n\\u{202E}gpj.exe\\u{1B}[2J")
    }

    /// What a hook asks is sent with what it is about.
    @Test func aQuestionOfAHookSaysWhatIsToBeDone() {
        let bash = Interaction(.approval, tool: "Bash", key: "k", payload: ["command": "rm -r build"]).question.text
        #expect(message(bash).body == #"May the agent use Bash? {"command":"rm -r build"}"#)
        let other = Interaction(.input, tool: "Ask", key: "k", payload: ["prompt": "Which?"]).question.text
        #expect(message(other).body == #"Ask asks for an answer. {"prompt":"Which?"}"#)
        let nothing = Interaction(.approval, tool: "Bash", key: "k", payload: .null).question.text
        #expect(message(nothing).body == "May the agent use Bash?")
    }

    @Test func aLongQuestionIsCutBetweenCharacters() {
        let family = "👩‍👩‍👧"
        let body = message(String(repeating: family, count: 200)).body
        #expect(body.utf8.count <= PushMessage.longestBody && body.hasSuffix("\(family)…"))
    }

    @Test(arguments: [(5, "abcde"), (4, "a…"), (3, "…"), (0, "…")])
    func aTextIsCutToBytes(most: Int, cut: String) {
        #expect("abcde".shortened(toBytes: most) == cut)
    }

    @Test func aDeviceIsSentWhatItsAppReads() throws {
        let payload = try JSONValue(parsing: APNsPayload(message("May it?"), server: "home").encoded)
        #expect(
            payload == [
                "aps": [
                    "alert": ["title": "fix-tests asks for approval", "body": "May it?"], "badge": 1,
                    "sound": "default",
                ],
                "type": "approval", "approval_id": "r1.a1", "run_id": "r1", "server_id": "home",
            ]
        )
    }

    @Test func aQuestionInWordsOpensItsRun() throws {
        let asked = Asked()
        asked.ask("r1", at: .start, form: true)
        let payload = APNsPayload(PushMessage(of: asked.all[0], level: 0, badge: 1), server: "home").encoded
        #expect(try JSONValue(parsing: payload)["type"] == "run")
    }

    /// What is written in JSON with escapes takes up to six bytes for one.
    @Test(arguments: 0..<100 as Range<UInt64>) func whatIsSentToADeviceHasAtMostFourKilobytes(seed: UInt64) throws {
        var dice = Dice(seed: seed)
        let pieces = ["a", "\"", "\\", "\n", "ü", "€", "👩‍👩‍👧", "\u{1}", "\t", "e\u{301}"]
        var message = message("")
        message.body = (0..<dice.roll(0...4_000)).map { _ in dice.pick(pieces) }.joined()
        let encoded = APNsPayload(message, server: String(repeating: "s", count: dice.roll(1...200))).encoded
        #expect(encoded.count <= 4_096)
        let body = try #require(try JSONValue(parsing: encoded)["aps"]?["alert"]?["body"]?.text)
        guard body != message.body else { return }
        #expect(body.hasSuffix("…") && message.body.hasPrefix(body.dropLast()))
        #expect(encoded.count > 4_096 - 64, "As much as fits.")
    }

    @Test func whatStandsForAQuestionFitsAppleLimit() {
        #expect(APNsChannel.collapse("r1.a1") == "r1.a1")
        let long = APNsChannel.collapse(String(repeating: "x", count: 65))
        #expect(long.utf8.count == 64 && long != APNsChannel.collapse(String(repeating: "x", count: 66)))
    }

    @Test(arguments: [("abc123", "abc123"), ("../x?y#z%", "%2E%2E%2Fx%3Fy%23z%25"), ("ü", "%C3%BC")])
    func aTokenIsOnePartOfAPath(token: String, path: String) {
        #expect(token.percentEncoded == path)
    }
}
