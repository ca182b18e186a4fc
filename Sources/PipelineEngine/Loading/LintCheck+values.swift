import PipelineKit

/// Rules about single values.
extension LintCheck {
    var names: [Finding] {
        var findings: [Finding] = []
        if pipeline.name.allSatisfy(\.isWhitespace) {
            findings.append(Finding(FieldProblem(Self.path("name"), "Field 'name' must not be empty.")))
        }
        for (index, name) in pipeline.env.enumerated() where !Self.isVariable(name) {
            let sentence = "'\(name)' is no name of an environment variable: letters, digits and '_', no digit first."
            findings.append(Finding(FieldProblem(Self.path("env").appending(index), sentence)))
        }
        return findings
    }

    var inputs: [Finding] {
        pipeline.inputs.sorted { $0.key < $1.key }.flatMap { name, input in
            let path = Self.path("inputs", name)
            var findings: [Finding] = []
            if !Self.isInputName(name) {
                let sentence = "Input '\(name)' must be named in small letters, digits and '_', a letter first."
                findings.append(Finding(FieldProblem(path, sentence, in: .key)))
            }
            if let value = input.default, !input.type.takes(value) {
                let sentence = "The default of input '\(name)' must be \(input.type.words), but is \(value)."
                findings.append(Finding(FieldProblem(path.appending("default"), sentence)))
            }
            return findings
        }
    }

    var limits: [Finding] {
        let limits = pipeline.limits
        let counts = [
            ("iterations", limits.iterations, 10_000), ("turns", limits.turns, 1_000),
            ("parallel_tools", limits.parallelTools, 64), ("parallel_steps", limits.parallelSteps, 64),
        ]
        let outside = counts.filter { !(1...$0.2).contains($0.1) }.map { name, value, most in
            limit(name, "must be from 1 to \(most), but is \(value)")
        }
        let amounts: [(String, Bool, String)] = [
            ("cost", (limits.cost ?? .usd(1)) > .zero, limits.cost?.description ?? ""),
            ("tokens", (limits.tokens ?? TokenCount(1)).tokens > 0, limits.tokens?.description ?? ""),
            ("wall", (limits.wall ?? .seconds(1)) > .zero, limits.wall?.written ?? ""),
            ("reply", limits.reply.tokens > 0, limits.reply.description),
        ]
        let empty = amounts.filter { !$0.1 }.map { name, _, value in
            limit(name, "must be more than nothing, but is \(value)")
        }
        let isNarrow = limits.context.map { $0.tokens < 1_000 } ?? false
        let narrow =
            isNarrow ? [limit("context", "must be at least 1k tokens, but is \(limits.context ?? limits.reply)")] : []
        let deadline = pipeline.human.deadline.map { $0 <= .zero } ?? false
        let sentence = "Field 'human.deadline' must be more than nothing, but is 0s."
        return outside + empty + narrow
            + (deadline ? [Finding(FieldProblem(Self.path("human", "deadline"), sentence))] : [])
    }

    private func limit(_ name: String, _ sentence: String) -> Finding {
        Finding(FieldProblem(Self.path("limits", name), "Field 'limits.\(name)' \(sentence)."))
    }

    /// Patterns are matched against paths relative to the workspace.
    var globs: [Finding] {
        guard let goal = pipeline.goal else { return [] }
        let lists = [("editable", goal.editable), ("protect", goal.protect), ("holdout", goal.holdout)]
        return lists.flatMap { name, patterns in
            (patterns ?? []).enumerated().compactMap { index, pattern in
                let path = Self.path("goal", name).appending(index)
                guard isCertain(path), let reason = Self.problem(ofPattern: pattern) else { return nil }
                return Finding(FieldProblem(path, "The pattern \"\(pattern)\" \(reason)"))
            }
        }
    }

    /// What is held out must not be where the model works.
    var heldOut: [Finding] {
        guard pipeline.goal?.holdout.isEmpty == false else { return [] }
        let path = Self.path("goal", "holdout")
        var findings: [Finding] = []
        if pipeline.workspace.isolation == .none {
            let sentence =
                "The goal holds out files, and with 'isolation: none' they stand where the model works. Write 'isolation: "
                + "worktree' or 'isolation: copy' under 'workspace'."
            findings.append(Finding(FieldProblem(path, sentence, in: .key)))
        }
        if pipeline.workspace.sandbox == .off {
            let sentence =
                "The goal holds out files, which a command without a sandbox could read in the project. Take out "
                + "'sandbox: off'."
            findings.append(Finding(FieldProblem(path, sentence, in: .key)))
        }
        return findings
    }

    private static func problem(ofPattern pattern: String) -> String? {
        if pattern.isEmpty { return "is empty and matches nothing." }
        if pattern.hasPrefix("/") { return "begins with '/': write it relative to the workspace." }
        if pattern.split(separator: "/").contains("..") { return "leaves the workspace by '..'." }
        return pattern.contains("\0") ? "holds a NUL, which no path does." : nil
    }

    private static func isVariable(_ name: String) -> Bool {
        let isLetter: (UInt8) -> Bool = { isSmall($0 | 0x20) || $0 == UInt8(ascii: "_") }
        return name.utf8.first.map(isLetter) ?? false && name.utf8.allSatisfy { isLetter($0) || isDigit($0) }
    }

    private static func isInputName(_ name: String) -> Bool {
        let isAllowed: (UInt8) -> Bool = { isSmall($0) || isDigit($0) || $0 == UInt8(ascii: "_") }
        return name.utf8.first.map(isSmall) ?? false && name.utf8.allSatisfy(isAllowed)
    }

    private static func isSmall(_ byte: UInt8) -> Bool { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) }
    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
}
