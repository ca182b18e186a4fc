import PipelineKit
import Testing

@testable import ForeignTool

/// What a person may write of a C function.
struct SignatureTests {
    private func words(_ text: String) -> String {
        do throws(Failure) {
            let signature = try SignatureParser.parse(text)
            let parameters = signature.parameters.map { parameter in
                let role =
                    switch parameter.role {
                    case .given: ""
                    case .written: "out "
                    case .changed: "inout "
                    case .buffer(let bytes): "out[\(bytes)] "
                    case .length(let place): "length of \(place) "
                    case .changedLength(let place): "inout length of \(place) "
                    }
                return "\(role)\(parameter.type.words) \(parameter.name)"
            }
            let errno = signature.tellsErrno ? " errno" : ""
            return "\(signature.result.words)(\(parameters.joined(separator: ", ")))\(errno)"
        } catch {
            return error.message
        }
    }

    @Test(
        arguments: [
            ("double(double)", "double(double a1)"),
            (" double ( double x ) ", "double(double x)"),
            ("void()", "void()"),
            ("void(void)", "void()"),
            ("int(unsigned int a, unsigned b, long long c)", "int32_t(uint32_t a, uint32_t b, int64_t c)"),
            ("int8_t(uint8 a, int16_t b, ushort c, size_t d)", "int8_t(uint8_t a, int16_t b, uint16_t c, uint64_t d)"),
            ("bool(_Bool a, signed char b, unsigned char c)", "bool(bool a, int8_t b, uint8_t c)"),
            ("float(float f, unsigned long long n)", "float(float f, uint64_t n)"),
            ("const char *(const char *s, char const* t)", "const char *(const char * s, const char * t)"),
            ("string(string)", "const char *(const char * a1)"),
            ("int(const char *path, int flags) errno", "int32_t(const char * path, int32_t flags) errno"),
            ("double(double x, out int exponent)", "double(double x, out int32_t exponent)"),
            ("void(inout uint64_t n)", "void(inout uint64_t n)"),
            (
                "int(out string name[64], size_t length(name))",
                "int32_t(out[64] const char * name, length of 0 uint64_t a2)"
            ),
            (
                "ulong(ulong c, bytes data, uint length(data) n)",
                "uint64_t(uint64_t c, const void * data, length of 1 uint32_t n)"
            ),
            (
                "int(out bytes[9] to, inout ulong length(to))",
                "int32_t(out[9] const void * to, inout length of 0 uint64_t a2)"
            ),
            (
                "struct {int quot; int rem}(int, int)",
                "struct { int32_t quot; int32_t rem; }(int32_t a1, int32_t a2)"
            ),
            (
                "double(struct {double re, struct {float im} in} z)",
                "double(struct { double re; struct { float im; } in; } z)"
            ),
        ]
    )
    func itIsReadAsItIsMeant(_ text: String, _ meant: String) {
        #expect(words(text) == meant)
    }

    @Test(
        arguments: [
            ("", "a type is missing"),
            ("double", "'(' is missing after the type of the result, where there is its end"),
            ("double(", "a type is missing"),
            ("double(double", "')' is missing after the parameters, where there is its end"),
            ("double(double) x", "'x' stands after its end"),
            ("duoble(double)", "'duoble' is no type. Did you mean 'double'?"),
            ("quux(int)", "'quux' is no type"),
            ("int(void x)", "a parameter cannot be 'void'"),
            ("bytes(int)", "nobody knows how long the bytes are that it returns; use 'string'"),
            (
                "int(int *n)",
                """
                'int *' may mean several things: write 'out int' for a value that the function writes, 'inout int' for one \
                that it changes, 'bytes' for what it reads
                """
            ),
            ("int(char **argv)", "a pointer to a pointer cannot be passed"),
            ("int(out string s)", "'s' needs its size: 'out string[256]'"),
            ("int(out int n[4])", "a size in brackets is for 'out string' and 'out bytes'"),
            ("int(string s[4])", "a size in brackets is for 'out string' and 'out bytes'"),
            ("int(out bytes b[0])", "the size of a buffer is from 1 to 1048576 bytes"),
            ("int(out bytes b[9999999])", "the size of a buffer is from 1 to 1048576 bytes"),
            ("int(size_t length(b))", "'length(b)' names no parameter of bytes or text"),
            ("int(bytes b, double length(b))", "a length is an integer"),
            ("int(out bytes b[300], uint8 length(b))", "a length of type uint8_t cannot tell 300 bytes"),
            ("int(int a, int a)", "two parameters are named 'a'"),
            ("struct {}(int)", "a structure without members cannot be passed"),
            ("struct {string s}(int)", "a structure holds numbers, and other structures"),
            ("struct {int a; int a}(int)", "two members of a structure have one name"),
        ]
    )
    func whatCannotBeIsToldWithItsReason(_ text: String, _ reason: String) {
        let end = reason.hasSuffix("?") ? "" : "."
        #expect(words(text) == "The signature '\(text)' cannot be: \(reason)\(end)")
    }

    @Test func structuresStandInOneAnotherEightDeepAtMost() {
        func nested(_ depth: Int) -> String {
            String(repeating: "struct{", count: depth) + "int a" + String(repeating: "}", count: depth) + "(int)"
        }
        #expect(words(nested(8)).hasPrefix("struct { struct {"))
        #expect(
            words(nested(9)) == """
                The signature '\(nested(9))' cannot be: more than 8 structures stand in one another.
                """
        )
        #expect(words(nested(20_000)).hasSuffix("cannot be: more than 8 structures stand in one another."))
        #expect(words(String(repeating: "struct{", count: 20_000)).hasSuffix("stand in one another."))
    }

    /// Whatever a person, or a file, throws at it.
    @Test func noTextMakesItTrap() {
        let pieces = [
            "int", "double", "struct", "{", "}", "(", ")", ",", "out", "length", "[", "]", "9", "*", "x", "const", "🙂",
        ]
        var random = SystemRandomNumberGenerator()
        for _ in 0..<20_000 {
            let text = (0..<Int.random(in: 0...12, using: &random)).map { _ in pieces.randomElement() ?? "" }
            _ = words(text.joined(separator: Bool.random() ? " " : ""))
        }
    }
}
