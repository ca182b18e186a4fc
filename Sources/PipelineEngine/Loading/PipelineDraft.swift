import PipelineKit

/// A pipeline with mistakes, made readable by leaving them out: what is left can still be checked, so that the mistakes
/// of one part do not hide those of another.
struct PipelineDraft {
    let pipeline: Pipeline
    /// Mistakes that the others had hidden: a group is checked as a whole only when each of its fields can be read.
    let further: [FieldProblem]
    /// What was left out or stands in; nothing at or below may be judged.
    private let removed: [FieldPath]
    /// The steps as they were written.
    private let steps: [JSONValue]

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
        steps = json["steps"]?.elements ?? []
        for _ in 0..<Self.passes {
            for path in problems.map(\.path) {
                json = json.removing(path.parts[...], standIn: Self.standIn(at: path))
                removed.append(path)
            }
            json = json.addingNeeded()
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
                let isWhole = !Self.leavesStepsOpen(removed)
                further += problems.filter { problem in
                    (isWhole || !problem.path.isOfOrder) && !removed.contains { $0.isRelated(to: problem.path) }
                }
            }
        }
        return nil
    }

    /// Whether what was found in the draft is wrong with the pipeline.
    func holds(_ finding: Finding) -> Bool {
        let path = finding.problem.path
        guard !removed.contains(where: { path.parts.starts(with: $0.parts) && !$0.parts.isEmpty }) else { return false }
        guard Self.leavesStepsOpen(removed), let step = finding.quotedStep else { return true }
        return steps.allSatisfy { $0["id"]?.text.map { $0 != step } ?? false }
    }

    /// Whether nobody knows any more what steps there are, what they hand on and which end before others.
    private static func leavesStepsOpen(_ removed: [FieldPath]) -> Bool {
        removed.contains { path in
            guard path.parts.first == .key("steps") else { return false }
            guard path.parts.count > 2, case .key(let key) = path.parts[2] else { return true }
            // A need that is no step's changes nothing.
            return key == "needs" ? path.parts.count == 3 : shapes.contains(key)
        }
    }

    /// What others see of a step.
    private static let shapes: Set = ["id", "if", "on_failure", "outputs", "each", "pipeline", "gate", "human"]

    /// What takes a place in a list.
    private static func standIn(at path: FieldPath) -> JSONValue {
        guard path.parts.first == .key("steps"), case .index(let index)? = path.parts.last else { return standIn }
        switch path.parts.count {
        case 2: return ["id": .string("cannot-be-read-\(index)")]
        case 4 where path.parts[2] == .key("needs"): return .string(JSONValue.neededStep)
        default: return standIn
        }
    }
}

extension Finding {
    /// The step that the reference names in which something is wrong.
    fileprivate var quotedStep: String? {
        guard let quoted, case .reference(.step(let name), _)? = Template(quoted).parts.first else { return nil }
        let parts = name.split(separator: ".")
        return parts.count > 1 ? String(parts[1]) : nil
    }
}

extension FieldPath {
    /// Whether it is of what a step waits for.
    fileprivate var isOfOrder: Bool {
        parts.count > 2 && parts[0] == .key("steps") && [.key("needs"), .key("if")].contains(parts[2])
    }

    /// Whether one of the two holds the other.
    func isRelated(to other: FieldPath) -> Bool { parts.starts(with: other.parts) || other.parts.starts(with: parts) }
}

extension JSONValue {
    /// The step that stands in for those that are not there.
    fileprivate static let neededStep = "stand-in-for-what-cannot-be-read"

    /// The document with a step that others need in the place of one that is not there.
    fileprivate func addingNeeded() -> JSONValue {
        let steps = self["steps"]?.elements ?? []
        let isNeeded = steps.contains { $0["needs"]?.elements.contains(.string(Self.neededStep)) == true }
        guard isNeeded, !steps.contains(where: { $0["id"]?.text == Self.neededStep }) else { return self }
        return .object(members.merging(["steps": .array(steps + [["id": .string(Self.neededStep)]])]) { $1 })
    }

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
