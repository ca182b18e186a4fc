import PipelineKit

/// Help texts, derived from what commands declare.
enum Help {
    static let exampleModel = "openai/gpt-5.2"

    static func overview(_ commands: [AnySubcommand]) -> String {
        let width = commands.map(\.name.count).max() ?? 0
        let rows = commands.map { "  \($0.name.padded(to: width))  \($0.summary)" }
        return """
            Sluice takes a repository to a goal: a model works, a gate judges, every step is kept.

            sluice run pytest --model \(exampleModel)

            \(rows.joined(separator: "\n"))

            'sluice COMMAND --help' tells more of one. Exit status: 0 achieved, 1 not achieved, 2 waiting for a person,
            64 wrong usage or pipeline, 70 internal.
            """
    }

    static func page(_ command: AnySubcommand) -> String {
        let operands = command.operands.map { $0.isOptional ? "[\($0.name)]" : $0.name }
        let usage = (["sluice", command.name] + operands + (command.options.isEmpty ? [] : ["[OPTIONS]"])).joined(
            separator: " "
        )
        var rows = command.operands.map { ($0.name, $0.help) }
        rows += command.options.map { (option($0), sentence($0)) }
        let width = rows.map(\.0.count).max() ?? 0
        let table = rows.map { "  \($0.padded(to: width))  \($1)" }.joined(separator: "\n")
        return "\(command.summary)\n\n\(usage)\n\(table.isEmpty ? "" : "\n\(table)")"
    }

    private static func option(_ field: FieldSchema) -> String {
        let name = "--\(field.name.replacing("_", with: "-"))"
        return field.value == .boolean ? name : "\(name) \(placeholders[field.name] ?? placeholder(field.value))"
    }

    /// What stands for the value of an option that is text; an option of one name is the same in every command.
    private static let placeholders = [
        "alias": "NAME=PROVIDER/MODEL", "allow": "TOOL", "arguments": "JSON", "branch": "NAME", "call": "CALL",
        "config": "FILE", "contract": "NAME", "cwd": "DIR", "db": "FILE", "dir": "DIR", "extends": "PIPELINE",
        "file": "NAME", "for_run": "[PATTERN]", "host": "ADDRESS", "id": "NAME", "judge": "PROVIDER/MODEL",
        "junit": "FILE",
        "log": "FILE", "markdown": "FILE", "marks": "N,N", "model": "PROVIDER/MODEL", "models": "MODEL,MODEL",
        "network": "deny|allow|HOSTS",
        "origin": "ORIGIN",
        "out": "DIR", "patch": "FILE", "pipeline": "PIPELINE", "policy": "FILE", "record": "FILE",
        "root": "DIR", "sarif": "FILE",
        "server": "URL",
        "server_name": "NAME",
        "set": "NAME=VALUE", "shown": "DIGEST",
    ]

    private static func placeholder(_ schema: ValueSchema) -> String {
        switch schema {
        case .integer, .number: "N"
        case .choice(let words): words.joined(separator: "|")
        case Money.schema: "MONEY"
        case Duration.schema: "DURATION"
        case ByteCount.schema: "SIZE"
        case TokenCount.schema: "TOKENS"
        case .group: "JSON"
        default: "TEXT"
        }
    }

    private static func sentence(_ field: FieldSchema) -> String {
        switch field.standard {
        case nil: "\(field.help) Required."
        case .null? where field.value.example != nil:
            "\(field.help.dropLast()), such as \(field.value.example ?? "")."
        case .null, .bool(false), .array([]), .string(""): field.help
        case .string(let text): "\(field.help) Default: '\(text)'."
        case let value?: "\(field.help) Default: \(value.jsonText)."
        }
    }
}

extension String {
    func padded(to width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }
}

extension ValueSchema {
    /// How a value is written, where that is not plain; in quotes where a shell needs them.
    fileprivate var example: String? {
        switch self {
        case .quantity(_, let example): example.contains(" ") ? "'\(example)'" : example
        case .oneOf(let choices): choices.lazy.compactMap(\.example).first
        default: nil
        }
    }
}
