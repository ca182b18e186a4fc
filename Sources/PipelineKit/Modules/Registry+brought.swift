extension Registry {
    /// The registry with all that a pipeline brings along, and what is wrong with that.
    ///
    /// - Parameter project: Absolute path of the directory that relative paths start from; `nil` when it is not known yet.
    public func including(_ pipeline: Pipeline, in project: String?) -> (Registry, BroughtFindings) {
        var (registry, findings) = (self, BroughtFindings())
        for (key, json) in pipeline.brought.sorted(by: { $0.key < $1.key }) {
            let place = FieldPath().appending(key)
            guard let source = sources[key] else {
                findings.problems.append(FieldProblem(place, "Nothing here can use '\(key)'.", in: .key))
                continue
            }
            let found = source.modules(of: json, in: project)
            findings.problems += found.problems.map { $0.below(place) }
            findings.warnings += found.warnings.map { $0.below(place) }
            findings.problems += registry.take(found, below: place)
        }
        return (registry, findings)
    }

    /// The registry with what stands on the shelves that these rules may name.
    ///
    /// - Parameter taken: Makes of each tool what is taken.
    /// - Returns: the registry, and what those shelves say whose tools cannot be had and are optional.
    /// - Throws: what the first other shelf says whose tools cannot be had.
    public func opening(
        for rules: [ToolRule],
        in workspace: Workspace,
        taken: (ToolFactory) -> ToolFactory
    ) async throws(Failure) -> (registry: Registry, missing: [Failure]) {
        var (registry, missing) = (self, [Failure]())
        registry.shelves = []
        for shelf in shelves where rules.contains(where: shelf.mayBeNamed) {
            do throws(Failure) {
                for tool in try await shelf.tools(workspace) where registry.tools[tool.id] == nil {
                    registry.tools[tool.id] = taken(tool)
                }
            } catch  where shelf.isOptional && error.kind != .cancelled {
                missing.append(error)
            }
        }
        return (registry, missing)
    }

    /// A tool by one of its names; one that stands on a shelf as far as it is known.
    public func found(_ id: ModuleID) -> ToolFactory? {
        tools[id] ?? shelves.first { id.value.hasPrefix($0.prefix) }?.unseen(id)
    }

    /// - Returns: what cannot be taken.
    private mutating func take(_ found: BroughtModules, below place: FieldPath) -> [FieldProblem] {
        var problems: [FieldProblem] = []
        for tool in found.tools {
            if let problem = Self.problem(with: tool.thing.id, "tool", isTaken: tools[tool.thing.id] != nil) {
                problems.append(FieldProblem(tool.path, problem, in: .key))
            } else {
                tools[tool.thing.id] = tool.thing
            }
        }
        for gate in found.gates {
            if let problem = Self.problem(with: gate.thing.id, "gate", isTaken: gates[gate.thing.id] != nil) {
                problems.append(FieldProblem(gate.path, problem, in: .key))
            } else {
                gates[gate.thing.id] = gate.thing
            }
        }
        for brought in found.shelves {
            var shelf = brought.thing
            shelf.path = place.appending(brought.path)
            shelves.append(shelf)
        }
        return problems.map { $0.below(place) }
    }

    private static func problem(with id: ModuleID, _ kind: String, isTaken: Bool) -> String? {
        if isTaken { return "There is a \(kind) named '\(id)' already. Give this one another name." }
        guard !id.isUsableByModels else { return nil }
        return """
            '\(id.value.shortened(to: 80))' cannot be the name of a \(kind): letters, digits, '_' and '-', 64 of them at \
            most.
            """
    }
}

/// What is to be said of what a pipeline brings along.
public struct BroughtFindings: Sendable, Hashable {
    /// What keeps the pipeline from starting.
    public var problems: [FieldProblem] = []
    /// What is allowed, and probably not meant.
    public var warnings: [FieldProblem] = []
}

extension FieldProblem {
    fileprivate func below(_ place: FieldPath) -> FieldProblem {
        FieldProblem(place.appending(path), message, in: self.place)
    }
}

extension ModuleID {
    /// Whether services take it as the name of a function: `^[a-zA-Z0-9_-]{1,64}$`, as OpenAI's and Anthropic's
    /// references of function calling say.
    public var isUsableByModels: Bool {
        (1...64).contains(value.utf8.count)
            && value.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
                    true
                default: false
                }
            }
    }
}
