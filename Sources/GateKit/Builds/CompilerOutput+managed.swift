import PipelineKit

extension CompilerOutput {
    /// A mistake as the compilers of the JVM and of .NET print it.
    static func managed(_ line: Substring) -> Verdict.Finding? { maven(line) ?? kotlin(line) ?? msbuild(line) }

    /// `[ERROR] /p/src/main/java/Calc.java:[3,12] cannot find symbol`;
    /// https://maven.apache.org/plugins/maven-compiler-plugin.
    private static func maven(_ line: Substring) -> Verdict.Finding? {
        guard line.hasPrefix("[ERROR] "), let begin = line.firstRange(of: ":["),
            let end = line[begin.upperBound...].firstRange(of: "] ")
        else { return nil }
        let numbers = line[begin.upperBound..<end.lowerBound].split(separator: ",").compactMap { Int($0) }
        guard numbers.count == 2 else { return nil }
        let file = String(line[..<begin.lowerBound].dropFirst("[ERROR] ".count))
        return finding(file, numbers[0], numbers[1], line[end.upperBound...])
    }

    /// `e: file:///p/Calc.kt:3:12 Unresolved reference: x`, before Kotlin 1.9 `e: /p/Calc.kt: (3, 12): ...`.
    private static func kotlin(_ line: Substring) -> Verdict.Finding? {
        guard line.hasPrefix("e: ") else { return nil }
        let rest = line.dropFirst(3)
        if let begin = rest.firstRange(of: ": ("), let end = rest.firstRange(of: "): ") {
            let numbers = rest[begin.upperBound..<end.lowerBound].split(separator: ",").compactMap {
                Int(String($0).trimmed)
            }
            guard numbers.count == 2 else { return nil }
            return finding(String(rest[..<begin.lowerBound]), numbers[0], numbers[1], rest[end.upperBound...])
        }
        guard rest.hasPrefix("file://"), let blank = rest.firstIndex(of: " ") else { return nil }
        let parts = rest[..<blank].dropFirst("file://".count).split(separator: ":")
        guard parts.count == 3, let number = Int(parts[1]), let column = Int(parts[2]) else { return nil }
        return finding(String(parts[0]), number, column, rest[rest.index(after: blank)...])
    }

    /// `/p/Calc.cs(3,12): error CS0103: The name 'x' does not exist in the current context [/p/calc.csproj]`;
    /// https://learn.microsoft.com/visualstudio/msbuild/msbuild-diagnostic-format-for-tasks.
    private static func msbuild(_ line: Substring) -> Verdict.Finding? {
        guard let marker = line.firstRange(of: "): error "), let begin = line[..<marker.lowerBound].lastIndex(of: "(")
        else { return nil }
        let numbers = line[line.index(after: begin)..<marker.lowerBound].split(separator: ",").compactMap { Int($0) }
        guard let number = numbers.first, numbers.count <= 4 else { return nil }
        var rest = line[marker.upperBound...]
        let rule = rest.prefix { $0 != ":" }
        rest = rest.dropFirst(rule.count + 1)
        if rest.hasSuffix("]"), let project = rest.lastIndex(of: "[") { rest = rest[..<project] }
        let file = String(line[..<begin]).trimmed
        var finding = finding(file, number, numbers.count > 1 ? numbers[1] : nil, rest)
        finding?.rule = String(rule)
        return finding
    }

    private static func finding(_ file: String, _ line: Int, _ column: Int?, _ words: Substring) -> Verdict.Finding? {
        guard !file.isEmpty, line > 0 else { return nil }
        return Verdict.Finding(.error, String(words).trimmed, file: file, line: line, column: column)
    }
}
