import PipelineKit

/// Pipelines of any length that lint without a mistake.
enum LoadTexts {
    /// A pipeline of so many lines, at least ten: instructions, inputs, and a goal of as many gates as fit.
    static func pipeline(lines: Int) -> String {
        let parts = max(0, lines - 10)
        let (words, inputs) = (parts / 4, parts / 4)
        let gates = (parts - words - inputs) / 2
        let rest = parts - words - inputs - 2 * gates
        var all = ["name: long", "description: A pipeline to read.", "model: scripted/none", "instructions: |"]
        all += (0..<1 + words + rest).map { "  Sentence \($0): find the cause before you change any code." }
        all += ["inputs:", "  target: { type: string, default: \"tests\", help: \"Where the tests are.\" }"]
        all += (0..<inputs).map { "  input\($0): { type: integer, default: \($0), help: \"A number.\" }" }
        all += ["goal:", "  all:", "    - { gate: pytest, with: { paths: [\"${inputs.target}\"] } }"]
        for gate in 0..<gates {
            all += ["    - gate: command", "      with: { command: \"make check-\(gate)\", timeout: 5m }"]
        }
        return all.joined(separator: "\n") + "\n"
    }

    /// What a tool may print: lines with quotes, tabs and a letter beyond ASCII.
    static func output(bytes: Int) -> String {
        let line = "src/módulo.py:41:\treturn \"left\" - right  # the sum\n"
        let whole = String(repeating: line, count: bytes / line.utf8.count + 1)
        return String(decoding: Array(whole.utf8.prefix(bytes)), as: UTF8.self)
    }
}
