import Glibc
import PipelineKit

/// A C function as a tool.
struct ForeignTool: Sendable {
    private let index: Int
    private let function: String
    private let library: String
    private let declaration: ForeignDeclaration
    private let helper: HelperProcess

    /// - Parameter index: Its number in the helper.
    init(
        _ index: Int,
        _ function: String,
        of library: String,
        _ declaration: ForeignDeclaration,
        _ helper: HelperProcess
    ) {
        self.index = index
        self.function = function
        self.library = library
        self.declaration = declaration
        self.helper = helper
    }

    private var given: [Signature.Parameter] { declaration.signature.parameters.filter(\.isGiven) }

    var declared: DeclaredTool {
        let (given, signature) = (given, declaration.signature)
        let fields = given.map {
            FieldSchema(name: $0.name, value: $0.type.schema, help: "\($0.type.words).", standard: nil)
        }
        let summary = declaration.summary ?? "Calls '\(function)' of \(library): \(declaration.text)."
        let id = ModuleID(declaration.name ?? function)
        var tool = DeclaredTool(id, summary, reach: declaration.reach, arguments: fields, call: call)
        tool.problems = { json in
            given.compactMap { parameter in
                json[parameter.name].flatMap { signature.problem(with: $0, for: parameter) }.map {
                    FieldProblem(FieldPath().appending(parameter.name), "Field '\(parameter.name)' \($0)")
                }
            }
        }
        return tool
    }

    @Sendable private func call(_ json: JSONValue, in context: ToolContext) async throws(Failure) -> ToolOutput {
        let request = HostRequest.call(index, given.map { json[$0.name] ?? .null })
        let reply: JSONValue
        do throws(Failure) {
            reply = try await helper.ask(request, in: context.workspace, within: declaration.timeout)
        } catch {
            throw error.about("'\(function)' of '\(library)'")
        }
        return ToolOutput(text(of: reply))
    }

    /// The result alone; or a mapping, when the function has written more than that.
    private func text(of reply: JSONValue) -> String {
        let value = reply["value"] ?? .null
        let returned = declaration.signature.parameters.filter(\.isReturned)
        guard !returned.isEmpty || declaration.signature.tellsErrno else {
            return declaration.signature.result == .void ? "[It returned.]" : value.text ?? value.jsonText
        }
        var members: [String: JSONValue] = declaration.signature.result == .void ? [:] : ["result": value]
        for (parameter, value) in zip(returned, reply["written"]?.elements ?? []) { members[parameter.name] = value }
        if let code = reply["errno"]?.integer, code != 0 {
            members["errno"] = .int(code)
            members["error"] = .string(String(cString: strerror(Int32(truncatingIfNeeded: code))))
        }
        return JSONValue.object(members).jsonText
    }
}

extension Failure {
    /// The failure with its subject, where its words begin after that.
    func about(_ subject: String) -> Failure {
        guard message.first?.isLowercase == true else { return self }
        var failure = self
        failure.message = "\(subject) \(message)"
        return failure
    }
}
