import FoundationEssentials
import PipelineKit
import Testing

/// Small things that the whole house uses on texts and threads.
struct TextTests {
    @Test(arguments: [
        ("", ""), (" \t\r\n ", ""), (" a b\t", "a b"), ("\r\na\r\n\r\n", "a"), ("\u{A0}ä\u{2003}", "ä"), ("a", "a"),
    ])
    func whiteSpaceAroundATextIsTrimmed(text: String, trimmed: String) {
        #expect(text.trimmed == trimmed)
        #expect("[\(text)]".dropFirst().dropLast().trimmed == trimmed)
    }

    @Test func bytesAreWrittenAsHexadecimalDigits() {
        #expect([0x00, 0x0F, 0xA0, 0xFF].hexadecimal == "000fa0ff")
        #expect([].hexadecimal == "")
    }

    @Test func aFailedCallIsToldInTheSystemsWords() {
        let error = #expect(throws: CocoaError.self) {
            try FileManager.default.createDirectory(atPath: "/dev/null/x", withIntermediateDirectories: false)
        }
        #expect(error?.systemWords == "Not a directory")
    }

    @Test func anErrorWithoutACallIsToldInItsOwnWords() {
        #expect(Failure(.missing, "There is no 'x'.").systemWords == "\(Failure(.missing, "There is no 'x'."))")
    }
}
