import FoundationEssentials
import PipelineKit

/// Asks the hooks of a run, one after the other.
struct HookCaller: Sendable {
    let run: RunID
    let workspace: Workspace
    let runner: (any HookRunner)?
    let redactor: Redactor

    /// Asks one hook.
    ///
    /// - Parameter input: What it is told besides what every hook is.
    /// - Returns: `nil` when this process is about to end; nothing was decided then.
    func ask(_ hook: Hook, _ event: String, _ input: [String: JSONValue]) async -> HookReply? {
        if let problem = HookPlace.problem(hook, in: [workspace.path, workspace.project]) {
            return HookReply(failed: problem)
        }
        guard let runner else { return HookReply(failed: "Hooks are not run here.") }
        let document = JSONValue.object(
            [
                "session_id": .string(run.value), "run": .string(run.value), "cwd": .string(workspace.path),
                "project": .string(workspace.project), "hook_event_name": .string(event),
            ].merging(input) { $1 }
        )
        let text = redactor.clean(document.jsonText)
        do throws(Failure) {
            var reply = HookReply(
                try await runner.run(
                    hook.run.words,
                    in: workspace.path,
                    input: Array(text.utf8),
                    timeout: hook.timeout
                )
            )
            reply.reason = redactor.clean(reply.reason)
            reply.note = redactor.clean(reply.note)
            reply.stop = reply.stop.map { redactor.clean($0) }
            return reply
        } catch {
            return error.kind == .cancelled ? nil : HookReply(failed: redactor.clean(error.message))
        }
    }

    /// Asks about a call: the first no ends it, each sees what those before it made of the arguments.
    ///
    /// - Returns: `nil` when this process is about to end.
    func askBefore(_ call: ProposedCall, _ hooks: [Hook]) async -> (HookedCall, stop: String?)? {
        var hooked = HookedCall()
        var arguments = (try? call.call.readArguments()) ?? .string(call.call.arguments)
        for hook in hooks {
            let input: [String: JSONValue] = ["tool_input": arguments].merging(Self.names(call)) { $1 }
            guard let reply = await ask(hook, "PreToolUse", input) else { return nil }
            if let stop = reply.stop { return (hooked, stop) }
            if let changed = reply.arguments {
                arguments = changed
                hooked.arguments = String(decoding: changed.encoded(.canonical), as: UTF8.self)
                if hooked.decision == nil { hooked.hook = hook.run.name }
            }
            if let decision = reply.decision, decision.isStricter(than: hooked.decision) {
                (hooked.decision, hooked.reason, hooked.hook) = (decision, reply.reason, hook.run.name)
            }
            if hooked.decision == .deny { break }
        }
        return (hooked, nil)
    }

    /// Tells what a call gave.
    ///
    /// - Returns: the output with what hooks say of it; `nil` when this process is about to end.
    func tellAfter(_ call: ProposedCall, _ output: ToolOutput, _ hooks: [Hook]) async -> (ToolOutput, stop: String?)? {
        var output = output
        let response = Self.response(output)
        let arguments = (try? call.call.readArguments()) ?? .string(call.call.arguments)
        for hook in hooks {
            let input: [String: JSONValue] = ["tool_input": arguments, "tool_response": response]
            guard let reply = await ask(hook, "PostToolUse", input.merging(Self.names(call)) { $1 }) else { return nil }
            if reply.decision == .deny {
                output.isError = true
                output.text += "\n[The hook '\(hook.run.name)' objects: \(reply.reason)]"
            }
            if !reply.note.isEmpty { output.text += "\n[A note from the hook '\(hook.run.name)': \(reply.note)]" }
            if let stop = reply.stop { return (output, stop) }
        }
        return (output, nil)
    }

    private static func names(_ call: ProposedCall) -> [String: JSONValue] {
        [
            "tool_name": .string(call.call.tool), "tool_use_id": .string(call.id.value),
            "reach": .array(call.reach.map(\.rawValue).sorted().map(JSONValue.string)),
        ]
    }

    /// What a hook reads of an output: its beginning.
    private static func response(_ output: ToolOutput) -> JSONValue {
        var response: [String: JSONValue] = [
            "text": .string(String(decoding: output.text.utf8.prefix(HookEnd.mostBytes), as: UTF8.self)),
            "is_error": .bool(output.isError),
        ]
        response["exit_code"] = output.exitCode.map(JSONValue.int)
        return .object(response)
    }
}

extension HookDecision {
    fileprivate func isStricter(than other: HookDecision?) -> Bool {
        other.map { strictness > $0.strictness } ?? true
    }

    private var strictness: Int {
        switch self {
        case .allow: 0
        case .ask: 1
        case .deny: 2
        }
    }
}

/// Where the program of a hook lies.
enum HookPlace {
    /// Why a hook cannot be one: a word of it names something that the model could change; `nil` when none does.
    static func problem(_ hook: Hook, in directories: [String]) -> String? {
        let words = words(of: hook.run)
        for directory in directories {
            guard let word = ChangeablePlace(directory)?.word(among: words, from: [directory]) else { continue }
            return """
                The hook '\(hook.run.name)' names '\(word)', which lies in '\(directory)', where the model could change it. Keep \
                it elsewhere.
                """
        }
        return nil
    }

    private static func words(of run: HookCommand) -> [String] {
        switch run {
        case .words(let words): words
        case .line(let line): line.split { "\n;|&()".contains($0) }.flatMap { words(of: $0) }
        }
    }

    /// The words of one command of a line. A `.` at its beginning is a command, and no directory.
    private static func words(of command: Substring) -> [String] {
        let words = command.split { " \t<>'\"=".contains($0) }.map(String.init)
        return words.first == "." ? Array(words.dropFirst()) : words
    }
}
