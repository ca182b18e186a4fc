import PipelineEngine
import PipelineKit

/// Has the person at the terminal fill in what a call asks for, a line for each field.
struct FormFilling: Sendable {
    enum Outcome: Sendable, Hashable {
        case filled(JSONValue)
        case declined
        case later
    }

    private let form: InputForm
    private let name: ApprovalID
    private let line: @Sendable (String) async -> String?

    /// - Parameter line: Asks for a line; `nil` at the end of the input.
    init(_ form: InputForm, of name: ApprovalID, line: @escaping @Sendable (String) async -> String?) {
        self.form = form
        self.name = name
        self.line = line
    }

    func fill() async -> Outcome {
        Output.line(Style.dim("\(name): /no declines to answer, /later leaves it open"))
        var members: [String: JSONValue] = [:]
        for field in form.fields {
            switch await value(of: field) {
            case .filled(let value): if value != .null { members[field.name] = value }
            case let other: return other
            }
        }
        return .filled(.object(members))
    }

    /// Asks until it fits; an empty line is the default, or leaves out what may be left out.
    private func value(of field: InputField) async -> Outcome {
        if !field.help.isEmpty { Output.line(field.help.harmless) }
        while let typed = await line("\(field.label.harmless) (\(Self.expected(field))): ") {
            switch typed.trimmed {
            case "/no": return .declined
            case "/later": return .later
            case "" where field.standard != nil || !field.isRequired: return .filled(.null)
            default:
                let value = field.value(typed: typed)
                guard let problem = field.problem(with: value) else { return .filled(value) }
                Output.line("That \(problem)".harmless)
            }
        }
        return .later
    }

    private static func expected(_ field: InputField) -> String {
        let standard = field.standard.map { ", or nothing for \($0.text ?? $0.jsonText)" }
        return (field.words + (standard ?? (field.isRequired ? "" : ", or nothing"))).harmless
    }
}
