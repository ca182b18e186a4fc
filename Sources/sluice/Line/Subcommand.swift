import PipelineKit

/// One command of the command line. Its options are declared once; their check and their help are derived.
protocol Subcommand: Sendable {
    associatedtype Options: Fields = NoFields

    static var name: String { get }
    /// One sentence for the list of commands.
    static var summary: String { get }
    /// What follows the name, besides options.
    static var operands: [Operand] { get }

    /// What is said of a word for which there is no operand; `nil` for the usual sentence, which quotes it.
    static func refusal(of extra: String, after operands: [String]) -> String?

    static func run(_ options: Options, _ operands: [String], in session: Session) async throws(CommandError)
        -> ExitStatus

    /// The same before the options are read; for a command that takes some of them from elsewhere too.
    static func run(_ arguments: Arguments, in session: Session) async throws(CommandError) -> ExitStatus
}

extension Subcommand {
    static var operands: [Operand] { [] }

    static func refusal(of extra: String, after operands: [String]) -> String? { nil }

    static func run(_ arguments: Arguments, in session: Session) async throws(CommandError) -> ExitStatus {
        try await run(try options(arguments.options), arguments.operands, in: session)
    }

    /// - Throws: every mistake, in the words of a command line.
    static func options(_ json: JSONValue) throws(CommandError) -> Options {
        do throws(FieldProblems) { return try Options(json: json) } catch {
            throw .usage(error.all.map { $0.message.namingOptions }.joined(separator: "\n"))
        }
    }
}

/// Something that follows a command's name and is no option.
struct Operand: Sendable {
    var name: String
    var help: String
    var isOptional = false
}

/// A command whose type is erased, for the list of them.
struct AnySubcommand: Sendable {
    let name: String
    let summary: String
    let operands: [Operand]
    let refusal: @Sendable (_ extra: String, _ operands: [String]) -> String?
    private let describeOptions: @Sendable () -> [FieldSchema]
    let run: @Sendable (Arguments, Session) async throws(CommandError) -> ExitStatus

    // Described when asked for: no command needs all of them.
    var options: [FieldSchema] { describeOptions() }

    init<C: Subcommand>(_ command: C.Type) {
        name = C.name
        summary = C.summary
        operands = C.operands
        refusal = C.refusal
        describeOptions = { C.Options.fields }
        run = { (arguments: Arguments, session: Session) async throws(CommandError) in
            try await C.run(arguments, in: session)
        }
    }
}

extension String {
    /// A problem with a field in the words of a command line: `Option '--on-deadline' must be…`.
    fileprivate var namingOptions: String {
        let beginnings = [("Field '", "Option '--"), ("Missing required field '", "Missing option '--")]
        for (field, option) in beginnings where hasPrefix(field) {
            let rest = dropFirst(field.count)
            guard let end = rest.firstIndex(of: "'") else { continue }
            return option + rest[..<end].replacing("_", with: "-") + rest[end...]
        }
        return self
    }
}
