import PipelineKit

/// What cmake prints when it cannot configure.
enum CMakeOutput {
    /// Its errors, in their order.
    ///
    /// `CMake Error at src/CMakeLists.txt:5 (add_executable):`, and the sentence indented below; an error of no line
    /// stands behind `CMake Error: `. https://cmake.org/cmake/help/latest/command/message.html
    static func errors(in output: String, path: (String) -> String) -> [Verdict.Finding] {
        let lines = output.split(separator: "\n", omittingEmptySubsequences: false)
        return lines.indices.compactMap { index in
            if lines[index].hasPrefix("CMake Error: ") {
                return Verdict.Finding(.error, String(lines[index].dropFirst("CMake Error: ".count)))
            }
            guard lines[index].hasPrefix("CMake Error at ") else { return nil }
            let place = lines[index].dropFirst("CMake Error at ".count).prefix { $0 != " " }
            let parts = place.split(separator: ":")
            let message = sentence(lines[(index + 1)...])
            guard parts.count > 1, let line = Int(parts[1]) else { return Verdict.Finding(.error, message) }
            return Verdict.Finding(.error, message, file: path(String(parts[0])), line: line)
        }
    }

    /// The indented lines, up to two empty ones, as one.
    private static func sentence(_ lines: ArraySlice<Substring>) -> String {
        lines.prefix { $0.isEmpty || $0.hasPrefix("  ") }.filter { !$0.isEmpty }.map { String($0).trimmed }
            .joined(separator: " ")
    }
}
