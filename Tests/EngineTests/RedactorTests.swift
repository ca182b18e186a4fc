import Foundation
import PipelineKit
import PipelineTesting
import Synchronization
import Testing

@testable import PipelineEngine

/// What is known to be a secret is in no output, however it is written.
struct RedactorTests {
    static let key = "sk-ant+api/03 Zq9x=Kp2"

    private func redactor(_ values: String...) -> Redactor {
        let redactor = Redactor()
        for value in values { redactor.add(value, as: "KEY") }
        return redactor
    }

    private static func encoded(_ text: String) -> String { Data(text.utf8).base64EncodedString() }

    @Test func aValueIsReplacedWhereverItStands() {
        let redactor = redactor(Self.key)
        #expect(redactor.clean("a \(Self.key) b \(Self.key)\(Self.key)") == "a [secret KEY] b [secret KEY][secret KEY]")
        #expect(redactor.clean(Self.key) == "[secret KEY]")
        #expect(redactor.clean("sk-ant+api/03 Zq9x=Kp") == "sk-ant+api/03 Zq9x=Kp")
        #expect(redactor.clean("") == "")
    }

    @Test func thePercentEncodingIsReplaced() {
        let redactor = redactor(Self.key)
        #expect(redactor.clean("?k=sk-ant%2Bapi%2F03%20Zq9x%3DKp2&x") == "?k=[secret KEY]&x")
        #expect(redactor.clean("?k=sk-ant%2bapi%2f03%20Zq9x%3dKp2&x") == "?k=[secret KEY]&x")
    }

    /// In base64 what stands around a value decides how it looks, and up to two bytes of it at either end.
    @Test(arguments: ["", "x", "xy", "Basic user:"], ["", "\n", "::", "@host"])
    func base64IsReplacedWhateverStandsAround(before: String, after: String) {
        let redactor = redactor(Self.key)
        let text = Self.encoded(before + Self.key + after)
        let clean = redactor.clean("<\(text)>")
        #expect(clean.contains("[secret KEY]"), "\(clean)")
        #expect(clean.utf8.count <= text.utf8.count - Self.encoded(Self.key).utf8.count + 12 + 2 + 8, "\(clean)")
        let alphabet = text.replacing("+", with: "-").replacing("/", with: "_")
        #expect(redactor.clean(alphabet).contains("[secret KEY]"))
    }

    @Test func base64InLinesIsReplaced() {
        let long = String((0..<164).map { Character(UnicodeScalar(UInt8(33 + $0 * 7 % 90))) })
        let lines = Data("\(long)\n".utf8).base64EncodedString(options: [.lineLength76Characters, .endLineWithLineFeed])
        #expect(redactor(long).clean(lines).hasPrefix("[secret KEY]"))
        #expect(redactor(long).clean(lines).utf8.count < 20)
    }

    @Test func theLongestGoesFirst() {
        let redactor = Redactor()
        redactor.add("password-1", as: "SHORT")
        redactor.add("password-1-and-more", as: "LONG")
        #expect(redactor.clean("password-1 password-1-and-more") == "[secret SHORT] [secret LONG]")
    }

    @Test func aShortValueIsAWord() {
        #expect(redactor("seven77").clean("seven77") == "seven77")
        #expect(redactor("seven77").isIdle)
        #expect(redactor("eight888").clean("eight888") == "[secret KEY]")
        #expect(redactor(" eight888\n").clean("eight888") == "[secret KEY]")
    }

    @Test func onlyWhatWasFoundAndIsConfidentialIsNoted() {
        let redactor = Redactor()
        let secrets = redactor.noting { $0.name == "NONE" ? nil : "the value of \($0.name)" }
        #expect(secrets(Secret(variable: "NONE")) == nil)
        #expect(secrets(Secret(openVariable: "OPEN")) == "the value of OPEN")
        #expect(redactor.isIdle)
        #expect(secrets(Secret(stored: "openai")) == "the value of openai")
        #expect(redactor.clean("the value of OPEN, the value of openai") == "the value of OPEN, [secret openai]")
    }

    @Test func theMasterKeyIsNotedWhenItIsUsed() async throws {
        let store = MemoryStore()
        let hexadecimal = String(repeating: "0f", count: 32)
        let master = MasterKeyPlaces(value: hexadecimal, credentials: nil, directory: "/nowhere")
        _ = try await KeyStore(store: store, master: master).set("a key of eight", as: "a")
        let records = await store.records(in: "vendor_keys", after: nil, limit: 1)
        let redactor = Redactor()
        let stored = StoredKeys(master: master, redactor: redactor) { records }
        #expect(try stored.value(of: "b") == nil)
        #expect(redactor.isIdle)
        #expect(try stored.value(of: "a") == "a key of eight")
        let base64 = Data(repeating: 0x0f, count: 32).base64EncodedString()
        #expect(redactor.clean("\(hexadecimal) \(base64)") == "[secret SLUICE_MASTER_KEY] [secret SLUICE_MASTER_KEY]")
    }

    @Test(arguments: 1...12) func aValueThatComesInPiecesIsHeldBack(size: Int) {
        let pieces = RedactedPieces(redactor(Self.key))
        let text = Array("sk-a \(Self.key) sk-ant+ap \(Self.encoded(Self.key)) end sk-an".utf8)
        var shown = ""
        for start in stride(from: 0, to: text.count, by: size) {
            shown += pieces.next(String(decoding: text[start..<min(start + size, text.count)], as: UTF8.self))
            #expect(!shown.contains("Zq9x"))
        }
        #expect(!shown.hasSuffix("sk-an"))
        shown += pieces.end()
        #expect(shown.hasPrefix("sk-a [secret KEY] sk-ant+ap [secret KEY]"))
        #expect(shown.hasSuffix(" end sk-an"))
    }

    // MARK: - In a run

    @Test func noOutputOfAToolOrAGateHoldsIt() async throws {
        let bench = Bench(secrets: { $0.name == "NOTES_KEY" ? Self.key : nil })
        defer { bench.remove() }
        let base64 = Self.encoded(Self.key)
        let printed = "raw \(Self.key), encoded \(base64), " + String(repeating: "long ", count: 4_000) + Self.key
        try printed.write(toFile: "\(bench.directory)/printed", atomically: true, encoding: .utf8)
        let live = Mutex("")
        bench.services.feed.observe { item in
            switch item {
            case .piece(_, .call(_, let output)), .piece(_, .check(let output)): live.withLock { $0 += output }
            default: break
            }
        }
        let call: JSONValue = ["tool": "print", "arguments": ["file": "printed"]]
        let run = try await bench.start([["calls": [call]]], goal: ["gate": "telling"])
        _ = try await bench.services.runs.carryOn(run)
        let events = try await bench.services.runs.events(of: run)
        var texts = [live.withLock(\.self), events.map { "\($0)" }.joined(separator: "\n")]
        for event in events {
            guard case .callFinished(_, let output) = event.payload, let whole = output.whole else { continue }
            #expect(output.text.hasPrefix("raw [secret NOTES_KEY], encoded [secret NOTES_KEY]"))
            #expect(output.text.hasSuffix("long [secret NOTES_KEY]"))
            texts.append(String(decoding: try #require(try await bench.store.artifact(whole)), as: UTF8.self))
        }
        #expect(texts.count == 3)
        for text in texts {
            #expect(!text.contains("Zq9x") && !text.contains(base64.prefix(24)))
            #expect(text.contains("[secret NOTES_KEY]"))
        }
    }
}
