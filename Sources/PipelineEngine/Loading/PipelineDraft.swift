import PipelineKit

/// A pipeline with mistakes, made readable by leaving them out: what is left can still be checked, so that the mistakes
/// of one part do not hide those of another.
struct PipelineDraft {
    let pipeline: Pipeline
    /// Mistakes that the others had hidden: a group is checked as a whole only when each of its fields can be read.
    let further: [FieldProblem]
    /// What was left out or stands in; nothing at or below may be judged.
    private let removed: [FieldPath]

    /// Stands where something has to stand.
    private static let standIn: JSONValue = "draft"
    /// Each pass removes what the one before laid open; a parent is never further away than this.
    private static let passes = 8

    /// - Parameter problems: What is wrong with the document as it is.
    init?(_ json: JSONValue, without problems: [FieldProblem]) {
        var json = json
        var removed: [FieldPath] = []
        var problems = problems
        var further: [FieldProblem] = []
        for _ in 0..<Self.passes {
            for path in problems.map(\.path) {
                json = json.removing(path.parts[...], standIn: Self.standIn)
                removed.append(path)
            }
            for name in ["name", "goal"] where json[name] == nil {
                json = .object(json.members.merging([name: Self.standIn]) { $1 })
                removed.append(FieldPath().appending(name))
            }
            do throws(FieldProblems) {
                pipeline = try Pipeline(json: json)
                self.removed = removed
                self.further = further
                return
            } catch {
                problems = error.all
                // What is wrong around a part that was left out may be wrong because it was.
                further += problems.filter { problem in
                    !removed.contains { $0.isRelated(to: problem.path) }
                }
            }
        }
        return nil
    }

    func holds(_ path: FieldPath) -> Bool {
        !removed.contains { path.parts.starts(with: $0.parts) && !$0.parts.isEmpty }
    }
}

extension FieldPath {
    /// Whether one of the two holds the other.
    func isRelated(to other: FieldPath) -> Bool { parts.starts(with: other.parts) || other.parts.starts(with: parts) }
}

extension JSONValue {
    /// The document without one member; in a list, where the others keep their numbers, with a stand-in. What an input
    /// declares is emptied, because the rest may refer to it.
    fileprivate func removing(_ path: ArraySlice<FieldPath.Part>, standIn: JSONValue, inInputs: Bool = false)
        -> JSONValue
    {
        switch (self, path.first) {
        case (.object(var members), .key(let key)):
            if path.count > 1 {
                let isInputs = key == "inputs" && path.startIndex == 0
                members[key] = members[key]?.removing(path.dropFirst(), standIn: standIn, inInputs: isInputs)
            } else {
                members[key] = inInputs ? [:] : nil
            }
            return .object(members)
        case (.array(var elements), .index(let index)) where elements.indices.contains(index):
            let isLast = path.count == 1
            elements[index] = isLast ? standIn : elements[index].removing(path.dropFirst(), standIn: standIn)
            return .array(elements)
        default: return self
        }
    }
}
