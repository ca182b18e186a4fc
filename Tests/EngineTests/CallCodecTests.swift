import PipelineKit
import PipelineTesting
import Testing

@testable import PipelineEngine

/// What a run records of its calls is written and read without a tree in between, and no differently.
struct CallCodecTests {
    private static let texts = [
        "", "ok", "é🙂\u{7F}", "a\"b\\c/d\n\t\r\u{8}\u{C}", "\u{1}\u{1F}", "x\u{2028}", "{\"n\":[1]}",
    ]

    private static func output(_ text: String, _ code: Int?, _ isError: Bool, _ whole: Digest?) -> Event.Payload {
        .callFinished("3.17", RecordedOutput(text: text, exitCode: code, isError: isError, whole: whole))
    }

    private static let painted: Event.Payload = .callFinished(
        "1.1",
        RecordedOutput(
            text: "t",
            exitCode: 0,
            isError: true,
            images: [
                RecordedImage(.png, size: 12, digest: Digest(of: [1])),
                RecordedImage(.webp, size: 0, digest: Digest(of: [2])),
            ]
        )
    )

    private static var payloads: [Event.Payload] {
        var all: [Event.Payload] = [.callStarted("1.1"), .callStarted("é\""), painted]
        for text in texts {
            all += [.callRefused("2.1", reason: text), output(text, nil, false, nil)]
            all += [
                output(text, 0, true, Digest(of: [1])), output(text, -1, false, nil), output(text, .max, true, nil),
            ]
            for reach in [[], [.reads], Set(Reach.allCases)] as [Set<Reach>] {
                let call = ToolCall(id: CallID(text), tool: "t", arguments: text)
                all.append(.callProposed(ProposedCall(id: "1.2", call: call, reach: reach)))
                all.append(.callProposed(ProposedCall(id: "1.2", call: call, reach: reach, policy: text)))
                all.append(.callProposed(ProposedCall(id: "1.2", call: call, reach: reach, awaitsHooks: true)))
            }
        }
        return all
    }

    private static func slowly(_ type: String, _ bytes: [UInt8]) -> Event.Payload? {
        guard let json = try? JSONValue(parsing: bytes) else { return nil }
        return Event.Payload(type: type, body: EventBody(json))
    }

    @Test func theBytesAreThoseOfTheTree() {
        for payload in Self.payloads {
            #expect(payload.shortBody == JSONValue.object(payload.body).encoded(.compact), "\(payload)")
        }
    }

    @Test func whatIsWrittenIsReadBack() {
        for payload in Self.payloads {
            let bytes = JSONValue.object(payload.body).encoded(.compact)
            let quickly = Event.Payload(type: payload.type, shortBody: bytes)
            #expect(quickly == nil || quickly == payload)
            #expect(Self.slowly(payload.type, bytes) == payload)
        }
        #expect(
            Event.Payload(type: "tool_call.finished", shortBody: Array(#"{"call":"1.1","text":"\"é\""}"#.utf8)) != nil
        )
    }

    /// Whatever stands in the store: what is read quickly is what would be read slowly.
    @Test func aDamagedBodyIsReadAsTheTreeWouldBe() {
        var dice = Dice(seed: 7)
        let marks = Array(#"{}[]",:\tn0159-.eE truefalsnul"#.utf8) + [0, 0x1F, 0x80, 0xC3, 0xFF]
        for payload in Self.payloads {
            let body = JSONValue.object(payload.body).encoded(.compact)
            for _ in 0..<200 {
                var bytes = body
                for _ in 0...Int.random(in: 0..<3, using: &dice) {
                    let place = Int.random(in: 0..<bytes.count, using: &dice)
                    switch Int.random(in: 0..<3, using: &dice) {
                    case 0: bytes[place] = marks.randomElement(using: &dice) ?? 0
                    case 1: bytes.insert(marks.randomElement(using: &dice) ?? 0, at: place)
                    default: if bytes.count > 1 { bytes.remove(at: place) }
                    }
                }
                guard let quickly = Event.Payload(type: payload.type, shortBody: bytes) else { continue }
                #expect(quickly == Self.slowly(payload.type, bytes), "\(String(decoding: bytes, as: UTF8.self))")
            }
        }
    }
}
