import Foundation
import PipelineKit
import PipelineTesting
import ProcessKit
import Testing

@testable import ForeignTool

/// C functions that a pipeline declares as its tools.
struct ForeignToolTests {
    /// The helper is the program that was built with these tests.
    static let host = [
        URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent().appending(path: "sluice").path,
        ModuleHost.word,
    ]

    private func found(_ json: JSONValue, in project: String? = "/") -> BroughtModules {
        ForeignSource(host: Self.host).modules(of: json, in: project)
    }

    /// Calls a function, and the same one again in the same helper when there are more arguments.
    private func call(_ library: String, _ name: String, _ declaration: JSONValue, _ arguments: JSONValue...)
        async throws -> [ToolOutput]
    {
        let tool = try made(library, name, declaration)
        return try await withTemporaryWorkspace { workspace in
            var outputs: [ToolOutput] = []
            for given in arguments { outputs.append(try await tool.call(given, ToolContext(workspace: workspace))) }
            return outputs
        }
    }

    private func made(_ library: String, _ name: String, _ declaration: JSONValue) throws -> ConfiguredTool {
        let found = found([library: .object([name: declaration])])
        #expect(found.problems == [])
        return try #require(found.tools.first).thing.make([:])
    }

    private func text(_ library: String, _ name: String, _ declaration: JSONValue, _ arguments: JSONValue) async throws
        -> String
    {
        try await call(library, name, declaration, arguments)[0].text
    }

    private func failure(_ library: String, _ name: String, _ declaration: JSONValue, _ arguments: JSONValue) async
        -> String?
    {
        await #expect(throws: Failure.self) { _ = try await call(library, name, declaration, arguments) }?.message
    }

    @Test func aFunctionIsAToolAsGoodAsAnyOther() async throws {
        let declaration: JSONValue = ["signature": "double(double x)", "summary": "The cosine.", "name": "cosine"]
        let tool = try #require(found(["libm.so.6": ["cos": declaration]]).tools.first).thing
        try await expectConformance(of: tool, arguments: ["x": 1])
        #expect(tool.id == "cosine" && tool.summary == "The cosine.")
        #expect(tool.specification.arguments["properties"] == ["x": ["type": "number", "description": "double."]])
    }

    @Test func integersPassWithTheirWidthAndSign() async throws {
        let c = "libc.so.6"
        #expect(try await text(c, "labs", "long(long n)", ["n": -5]) == "5")
        #expect(try await text(c, "toupper", "int(int c)", ["c": 97]) == "65")
        #expect(try await text(c, "atoi", "int(string s)", ["s": "-42"]) == "-42")
        #expect(try await text(c, "htons", "uint16_t(uint16_t n)", ["n": 0xFF00]) == "255")
        #expect(try await text(c, "toupper", "int8_t(int c)", ["c": 200]) == "-56")
        #expect(try await text(c, "toupper", "uint8_t(int c)", ["c": 200]) == "200")
        #expect(try await text(c, "labs", "uint64_t(int64_t n)", ["n": .int(.min)]) == "9223372036854775808")
        #expect(
            try await text(c, "labs", "uint64_t(uint64_t n)", ["n": "18446744073709551615"]) == "1"
        )
    }

    @Test func numbersPassAsFloatsAndDoubles() async throws {
        let m = "libm.so.6"
        #expect(try await text(m, "cos", "double(double)", ["a1": 0]) == "1.0")
        #expect(try await text(m, "hypotf", "float(float x, float y)", ["x": 3, "y": 4]) == "5.0")
        #expect(try await text(m, "sqrt", "double(double x)", ["x": -1]) == "NaN")
        #expect(try await text(m, "log", "double(double x)", ["x": 0]) == "-Infinity")
        #expect(
            try await text(m, "frexp", "double(double x, out int exponent)", ["x": 8])
                == #"{"exponent":4,"result":0.5}"#
        )
    }

    @Test func textsBuffersAndLengthsPassInBothDirections() async throws {
        let (c, z) = ("libc.so.6", "libz.so.1")
        #expect(try await text(c, "strlen", "size_t(const char *s)", ["s": "häuser"]) == "7")
        #expect(try await text(c, "getenv", "string(string name)", ["name": "NO_SUCH_VARIABLE"]) == "null")
        #expect(try await text(c, "strerror", "string(int code)", ["code": 2]) == "No such file or directory")
        #expect(
            try await text(c, "confstr", "size_t(int name, out string value[64], size_t length(value))", ["name": 0])
                == #"{"result":14,"value":"/bin:/usr/bin"}"#
        )
        let crc: JSONValue = "ulong(ulong crc, bytes data, uint length(data))"
        #expect(try await text(z, "crc32", crc, ["crc": 0, "data": "hello"]) == "907060870")
        #expect(try await text(z, "crc32", crc, ["crc": 0, "data": ["base64": "aGVsbG8="]]) == "907060870")
        let compress: JSONValue = "int(out bytes to[100], inout ulong length(to), bytes from, ulong length(from))"
        let packed = try await text(z, "compress", compress, ["from": "hello hello hello"])
        let json = try JSONValue(parsing: Array(packed.utf8))
        let bytes = try #require(json["to"]?["base64"]?.text.flatMap { Data(base64Encoded: $0) })
        #expect(bytes.count < 20 && bytes.first == 0x78)
        let unpack: JSONValue = "int(out string to[100], inout ulong length(to), bytes from, ulong length(from))"
        let unpacked = try await text(z, "uncompress", unpack, ["from": json["to"] ?? .null])
        #expect(unpacked == #"{"result":0,"to":"hello hello hello"}"#)
    }

    @Test func structuresPassByValue() async throws {
        let division: JSONValue = "struct {int quot; int rem}(int numer, int denom)"
        let output = try await text("libc.so.6", "div", division, ["numer": 17, "denom": -5])
        #expect(output == #"{"quot":-3,"rem":2}"#)
        let complex: JSONValue = "double(struct {double re; double im} z)"
        #expect(try await text("libm.so.6", "cabs", complex, ["z": ["re": 3, "im": 4]]) == "5.0")
    }

    @Test func errnoIsToldWhereItIsAskedFor() async throws {
        let output = try await text("libc.so.6", "chdir", "int(string path) errno", ["path": "/no/such"])
        #expect(output == #"{"errno":2,"error":"No such file or directory","result":-1}"#)
        #expect(try await text("libc.so.6", "chdir", "int(string path) errno", ["path": "/"]) == #"{"result":0}"#)
    }

    @Test func whatDoesNotFitIsRefusedBeforeTheCall() async throws {
        let declaration: JSONValue = "int(int8_t small, uint64_t big, string text, bytes data, size_t length(data))"
        let tool = try made("libc.so.6", "abs", declaration)
        let error = await #expect(throws: Failure.self) {
            let given: JSONValue = ["small": 200, "big": -1, "text": "a\0b", "data": ["base64": "?"]]
            _ = try await tool.call(given, ToolContext(workspace: Workspace(path: "/")))
        }
        #expect(
            error?.message == """
                Field 'small' must be a whole number from -128 to 127, but is 200. Field 'big' must be a whole number from 0 to \
                18446744073709551615, but is -1. Field 'text' holds a NUL, at which C would end it. Field 'data' must be base64 \
                of some bytes, but is a mapping.
                """
        )
    }

    @Test func bytesThatAreMoreThanTheirLengthCanTellAreRefused() async throws {
        let tool = try made(
            "libc.so.6",
            "abs",
            "int(bytes data, uint8 length(data), string text, inout int8 length(text))"
        )
        let long = String(repeating: "x", count: 128)
        let base64 = Data(repeating: 0, count: 300).base64EncodedString()
        let error = await #expect(throws: Failure.self) {
            let given: JSONValue = ["data": ["base64": .string(base64)], "text": .string(long)]
            _ = try await tool.call(given, ToolContext(workspace: Workspace(path: "/")))
        }
        #expect(
            error?.message == """
                Field 'data' has 300 bytes, which the uint8_t that tells their number cannot hold. Field 'text' has 128 bytes, \
                which the int8_t that tells their number cannot hold.
                """
        )
        let memory: JSONValue = "int(bytes data, uint8 length(data))"
        let most: JSONValue = ["data": .string(String(repeating: "1", count: 255))]
        #expect(try await text("libc.so.6", "atoi", memory, most) == "-1")
    }

    @Test func oneThatCrashesIsACallThatFailed() async throws {
        #expect(
            await failure("libc.so.6", "abort", "void()", [:])
                == "'abort' of 'libc.so.6' ended its process by signal 6 (Aborted)."
        )
        #expect(
            await failure("libc.so.6", "exit", "void(int status)", ["status": 7])
                == "'exit' of 'libc.so.6' ended its process."
        )
        let tool = try made("libc.so.6", "raise", "int(int signal)")
        try await withTemporaryWorkspace { workspace in
            let context = ToolContext(workspace: workspace)
            let crash = await #expect(throws: Failure.self) { _ = try await tool.call(["signal": 11], context) }
            #expect(crash?.message.contains("ended its process by signal 11 (Segmentation fault).") == true)
            let next = try await tool.call(["signal": 0], context)
            #expect(next.text == "0", "The next call has a helper again.")
        }
    }

    @Test func oneThatHangsIsEnded() async throws {
        let declaration: JSONValue = ["signature": "unsigned(unsigned seconds)", "timeout": "50ms"]
        #expect(
            await failure("libc.so.6", "sleep", declaration, ["seconds": 600])
                == "'sleep' of 'libc.so.6' did not return within 50ms, and was ended."
        )
    }

    @Test func whatAFunctionPrintsIsNoAnswer() async throws {
        let line = #"{"value":1}"#
        let outputs = try await call("libc.so.6", "puts", "int(string s)", ["s": .string(line)], ["s": "no"])
        #expect(outputs.map(\.text) == ["12", "3"])
    }

    @Test func itIsConfinedAsItsWorkspaceIs() async throws {
        try await Cell.with { cell in
            let tool = try made("libc.so.6", "access", "int(string path, int mode) errno")
            let secret: JSONValue = ["path": .string("\(cell.outside)/secret"), "mode": 4]
            let output = try await tool.call(secret, ToolContext(workspace: cell.workspace))
            #expect(output.text == #"{"errno":2,"error":"No such file or directory","result":-1}"#)
        }
    }

    @Test func whatIsNotThereIsFoundBeforeAnythingRuns() {
        let found = found([
            "libm.so.6": ["cosinus": "double(double)", "cos": "double(double)", "signgam": "int()"],
            "libnone.so": ["f": "int()"],
            "/etc/passwd": ["f": "int()"],
            "./libx.so": ["f": "int()"],
            "libc.so.6": ["abs": "int("],
        ])
        let told = found.problems.map { "\($0.path): \($0.message)" }
        #expect(
            told == [
                "./libx.so: There is no library './libx.so'.",
                "/etc/passwd: '/etc/passwd' is no shared library.",
                "libm.so.6.cosinus: 'libm.so.6' has no function 'cosinus'.",
                "libm.so.6.signgam: 'signgam' of 'libm.so.6' is no function.",
                """
                libnone.so: There is no library 'libnone.so'. A library that the system does not know is named by its path.
                """,
                "libc.so.6.abs: The signature 'int(' cannot be: a type is missing.",
            ]
        )
    }

    @Test func withoutAProjectOnlyTheFormIsChecked() {
        let found = found(["libnone.so": ["f": "int()", "g": "intt()"]], in: nil)
        #expect(
            found.problems.map(\.message) == [
                "The signature 'intt()' cannot be: 'intt' is no type. Did you mean 'int'?"
            ]
        )
    }
}
