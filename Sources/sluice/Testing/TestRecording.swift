import FoundationEssentials
import Glibc
import PipelineEngine
import PipelineKit
import WorkspaceKit

/// A test made from a run that was recorded: what it began with, what the model said, what a person answered, how it ended.
enum TestRecording {
    /// Files that are not more than this stand in the test itself; else they are put in a directory beside it.
    private static let most = (files: 20, bytes: 20_000)

    static func write(
        _ file: String,
        replaces: Bool,
        _ database: String?,
        _ operands: [String],
        _ session: Session
    ) async throws(CommandError) -> ExitStatus {
        let directory = try directory(beside: file, replaces: replaces)
        let services = try session.services(database)
        let run = try await session.run(operands, services)
        let events = try await asking { () throws(ServiceError) in try await services.runs.events(of: run) }
        let state = RunState(replaying: events)
        guard state.status != .running else {
            throw .usage("Run '\(run)' is not over. Carry it on first: sluice resume \(run)")
        }
        var test = try test(events, state)
        test.merge(try await StepRecording(services.runs).members(of: run)) { $1 }
        let answers = try await answers(events, state, services.runs)
        if !answers.isEmpty { test["answers"] = .array(answers.map(\.json)) }
        let start = try await start(of: state, run, database, session)
        if start.count <= most.files, start.reduce(0, { $0 + $1.value.count }) <= most.bytes,
            let texts = texts(start)
        {
            test["files"] = .object(texts.mapValues(JSONValue.string))
        } else {
            try lay(start, in: directory)
            test["workspace"] = .string(directory.split(separator: "/").last.map(String.init) ?? directory)
        }
        let text = YAMLText.of(["tests": [.object(test)]], order: order)
        let head = "# Made from run \(run) by 'sluice test --record'. Take out what does not matter.\n"
        try OutputFile.write(head + text, to: file, "The test")
        Output.line("Wrote \(file). Look through it, then: sluice test \(file)")
        return .achieved
    }

    /// Where files are put that are many.
    private static func directory(beside file: String, replaces: Bool) throws(CommandError) -> String {
        guard file.hasSuffix(TestFile.ending) else {
            throw .usage("Option '--record': the name of a test ends in '\(TestFile.ending)', but is '\(file)'.")
        }
        let directory = String(file.dropLast(".yaml".count)) + ".files"
        for place in [file, directory] where !replaces && access(absolute(place), F_OK) == 0 {
            throw .usage(
                "'\(place)' is there already; it stays as it is. Name another file, or write over it with --replace."
            )
        }
        return directory
    }

    private static let order = [
        "name", "inputs", "workspace", "files", "pass", "element", "attempt", "model", "steps", "answers", "expect",
        "end", "events", "replies", "type", "tool", "body", "step",
    ]

    private static func test(_ events: [Event], _ state: RunState) throws(CommandError) -> [String: JSONValue] {
        guard case .runStarted(let start)? = events.first?.payload, let workspace = state.workspace else {
            throw .usage("The run has not opened its workspace yet, so there is nothing to record.")
        }
        var test: [String: JSONValue] = [
            "name": .string("\(state.pipeline?.name ?? "a run") as in run \(start.run)"),
            "expect": .object(expectation(events, state, workspace.path)),
        ]
        if !start.inputs.isEmpty { test["inputs"] = .object(start.inputs) }
        if state.pipeline?.workspace.isolation == .worktree { test["git"] = true }
        return test
    }

    // MARK: - What is expected

    private static func expectation(_ events: [Event], _ state: RunState, _ workspace: String) -> [String: JSONValue] {
        let told = ["run.started", "check.finished", "tool_call.finished", "tool_call.refused", "run.finished"]
        var tools: [CallID: String] = [:]
        let steps = state.steps?.graph.alone ?? []
        let expected = events.compactMap { event -> JSONValue? in
            if case .callProposed(let call) = event.payload { tools[call.id] = call.call.tool }
            if case .stepFinished(let place, let result, _) = event.payload, steps.contains(place.step) {
                let body: JSONValue = ["step": .string(place.step), "status": .string(result.status.rawValue)]
                return ["type": .string(event.payload.type), "body": body]
            }
            guard told.contains(event.payload.type) else { return nil }
            let type = JSONValue.string(event.payload.type)
            switch event.payload {
            case .callFinished(let id, _), .callRefused(let id, _):
                return tools[id].map { ["type": type, "tool": .string($0)] } ?? type
            default: return type
            }
        }
        return ["end": .string(state.status.rawValue), "events": .array(expected)]
    }

    /// What people said, without what a test answers by itself.
    private static func answers(_ events: [Event], _ state: RunState, _ runs: RunService) async throws(CommandError)
        -> [TestAnswer]
    {
        var (asked, answers) = ([Approval](), [ApprovalID: TestAnswer]())
        for event in events {
            switch event.payload {
            case .approvalRequested(let approval): asked.append(approval)
            case .approvalResolved(let id, let answer) where answer.coveredBy == nil: answers[id] = TestAnswer(answer)
            default: continue
            }
        }
        for approval in asked where answers[approval.id] != nil {
            let isRepetition = try await asking { () throws(ServiceError) in
                try await TestQuestions.isRepetition(approval, runs)
            }
            if isRepetition { answers[approval.id] = nil }
        }
        return TestQuestions.inOrder(asked, state).compactMap { answers[$0.id] }
    }

    // MARK: - What it began with

    /// The files of the first snapshot, by path.
    private static func start(of state: RunState, _ run: RunID, _ database: String?, _ session: Session)
        async throws(CommandError) -> [String: Data]
    {
        guard let workspace = state.workspace, let snapshot = state.startSnapshot else { return [:] }
        let keeper = GitWorkspaceKeeper(
            state: session.configuration.stateDirectory,
            owner: database.map(absolute) ?? session.configuration.database
        )
        let place = try TemporaryDirectory(in: TestStage.parent, prefix: "sluice-test-")
        let directory = "\(place.path)/files"
        do throws(Failure) {
            try await keeper.layOut(snapshot, of: workspace, in: directory, for: run)
        } catch {
            throw .usage("The files that run \(run) began with cannot be had: \(error.message)")
        }
        let paths = (try? FileManager.default.subpathsOfDirectory(atPath: directory)) ?? []
        return paths.reduce(into: [:]) { files, path in
            guard !path.hasPrefix(".git/") else { return }
            files[path] =
                regular("\(directory)/\(path)") ? FileManager.default.contents(atPath: "\(directory)/\(path)") : nil
        }
    }

    /// stat(2)
    private static func regular(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
    }

    /// The files as texts; `nil` when one is none.
    private static func texts(_ files: [String: Data]) -> [String: String]? {
        let texts = files.compactMapValues { String(validating: $0, as: UTF8.self) }
        return texts.count == files.count ? texts : nil
    }

    private static func lay(_ files: [String: Data], in directory: String) throws(CommandError) {
        do {
            for (path, data) in files {
                let file = URL(filePath: "\(absolute(directory))/\(path)")
                try FileManager.default.createDirectory(
                    at: file.deletingLastPathComponent(),
                    withIntermediateDirectories: true
                )
                try data.write(to: file)
            }
        } catch {
            throw .usage("The files cannot be written to '\(directory)': \(error.systemWords).")
        }
    }
}

extension StepGraph {
    /// The steps that nothing else runs beside: when they end, as seen from the others, is the same each time.
    fileprivate var alone: Set<String> {
        Set(steps.map(\.id).filter { step in !steps.contains { mayOverlap($0.id, step) } })
    }
}

extension TestAnswer {
    fileprivate init(_ answer: Resolution) {
        if let content = answer.answer {
            self = .answer(content)
        } else if answer.decision == .approved {
            self = .approve(message: answer.message)
        } else {
            self = .reject(message: answer.message)
        }
    }
}
