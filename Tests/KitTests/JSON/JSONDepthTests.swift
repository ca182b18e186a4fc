import PipelineKit
import Testing

/// Depth costs no stack, neither when reading nor when writing.
struct JSONDepthTests {
    static func nested(_ depth: Int) -> String {
        (0..<depth).reduce("1") { text, level in level.isMultiple(of: 2) ? "[\(text)]" : "{\"a\":\(text)}" }
    }

    @Test func theDeepestDocumentIsReadAndWrittenOnASmallStack() throws {
        let text = Self.nested(JSONValue.depthLimit)
        let written = SmallStack.run {
            (try? JSONValue(parsing: text)).map { $0 == $0 ? $0.jsonText : "unequal to itself" } ?? "refused"
        }
        #expect(written == text)
    }

    @Test func oneLevelMoreIsRefused() {
        let text = Self.nested(JSONValue.depthLimit + 1)
        let place = text.utf8.firstIndex(of: UInt8(ascii: "1")).map {
            text.utf8.distance(from: text.startIndex, to: $0)
        }
        let error = #expect(throws: JSONError.self) { try JSONValue(parsing: text) }
        #expect(error?.problem == "lists and objects nest more than 512 deep")
        #expect(error?.offset == place.map { $0 - 1 })
    }

    @Test func endlessNestingIsRefusedAtOnce() {
        let text = String(repeating: "[", count: 1_000_000)
        let error = #expect(throws: JSONError.self) { try JSONValue(parsing: text) }
        #expect(error?.offset == 512)
    }
}
