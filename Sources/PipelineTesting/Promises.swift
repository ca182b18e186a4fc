import Foundation
import PipelineKit
import Testing

// What tools and gates have in common.

/// A name in snake or kebab case, and a summary of one sentence.
func expectIdentity(_ id: ModuleID, _ aliases: [ModuleID], _ summary: String, at location: SourceLocation) {
    for name in [id] + aliases {
        #expect(name.value.wholeMatch(of: /[a-z][a-z0-9]*([_-][a-z0-9]+)*/) != nil, "\(name)", sourceLocation: location)
    }
    #expect(isSentence(summary), "A summary is one sentence: \(summary)", sourceLocation: location)
    #expect(summary.count <= 200, "A summary is short, as every request carries it.", sourceLocation: location)
}

/// Begins with a capital or a quotation, and ends with a full stop.
func isSentence(_ text: String) -> Bool {
    guard let first = text.first, !text.contains("\n") else { return false }
    return (first.isUppercase || first.isNumber || "'\"`".contains(first)) && text.hasSuffix(".")
}

/// Every field is explained.
func expectSentences(_ fields: [FieldSchema], at location: SourceLocation) {
    for field in fields {
        let message: Comment = "The help of '\(field.name)' is a sentence: \(field.help)"
        #expect(field.help.hasSuffix(".") && !field.help.contains("\n"), message, sourceLocation: location)
    }
}

/// Settings have defaults, are explained, and are refused by name when they are wrong.
func expectSettings(
    _ fields: [FieldSchema],
    required: Set<String>,
    _ valid: JSONValue,
    at location: SourceLocation,
    make: (JSONValue) throws(FieldProblems) -> Void
) {
    expectSentences(fields, at: location)
    let without = Set(fields.filter(\.isRequired).map(\.name))
    #expect(without == required, "The settings without a default.", sourceLocation: location)
    #expect(throws: Never.self, "The settings given are valid.", sourceLocation: location) { try make(valid) }

    func problems(with name: String, as value: JSONValue) -> [FieldProblem] {
        var members = valid.members
        members[name] = value
        do throws(FieldProblems) { try make(.object(members)) } catch { return error.all }
        return []
    }
    let unknown = problems(with: "no_such_setting", as: 1).map(\.message)
    #expect(unknown.contains { $0.hasPrefix("Unknown field 'no_such_setting'.") }, sourceLocation: location)
    for field in fields {
        guard let nonsense = field.nonsense else { continue }
        let paths = problems(with: field.name, as: nonsense).map { $0.path.parts.first }
        #expect(paths.contains(.key(field.name)), "'\(field.name)' refuses nonsense.", sourceLocation: location)
    }
}

extension FieldSchema {
    /// What this field does not take; `nil` for one that takes anything.
    var nonsense: JSONValue? {
        switch value {
        case .any, .recursive: nil
        case .oneOf(let choices) where choices.contains { $0 == .any }: nil
        case .list: ["?": nil]
        case .oneOf, .group, .mapping, .string, .integer, .number, .boolean, .choice, .quantity: [["?": nil]]
        }
    }
}

/// A workspace, and what stands beside it.
struct Surroundings: Equatable {
    let inside: FileTree
    let outside: FileTree

    init(of workspace: Workspace) throws {
        let root = URL(filePath: workspace.path)
        inside = try FileTree(workspace.path)
        outside = try FileTree(root.deletingLastPathComponent().path, except: root.lastPathComponent)
    }
}

/// Work whose task is cancelled ends by itself, whether it has done its work or says that it was cancelled.
func expectEnd(at location: SourceLocation, of work: @escaping @Sendable () async throws(Failure) -> Void) async {
    let failure = await withTaskGroup(of: Failure?.self) { group in
        group.cancelAll()  // what is added to a cancelled group starts cancelled
        group.addTask {
            do throws(Failure) { try await work() } catch { return error }
            return nil
        }
        return await group.next() ?? nil
    }
    if let failure { #expect(failure.kind == .cancelled, "\(failure)", sourceLocation: location) }
}
