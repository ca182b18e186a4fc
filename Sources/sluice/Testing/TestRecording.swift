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
        guard file.hasSuffix(TestFile.ending) else {
            throw .usage("Option '--record': the name of a test ends in '\(TestFile.ending)', but is '\(file)'.")
        }
        let directory = String(file.dropLast(".yaml".count)) + ".files"
        for place in [file, directory] where !replaces && access(absolute(place), F_OK) == 0 {
            throw .usage(
                "'\(place)' is there already; it stays as it is. Name another file, or write over it with --replace."
            )
        }
        let services = try session.services(database)
        let run = try await session.run(operands, services)
        let events = try await asking { () throws(ServiceError) in try await services.runs.events(of: run) }
        let state = RunState(replaying: events)
        guard state.pipeline?.steps == nil else {
            throw .usage(
                "Run '\(run)' has steps, whose models spoke in runs of their own: a test of it has to be written by hand."
            )
        }
        let recording = try await asking { () throws(ServiceError) in try await services.runs.recording(of: run) }
        var test = try test(events, state, model: recording.json)
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

    private static let order = [
        "name", "inputs", "workspace", "files", "model", "answers", "expect", "end", "events", "replies", "type",
        "tool",
    ]

    private static func test(_ events: [Event], _ state: RunState, model: JSONValue) throws(CommandError)
        -> [String: JSONValue]
    {
        guard case .runStarted(let start)? = events.first?.payload, let workspace = state.workspace else {
            throw .usage("The run has not opened its workspace yet, so there is nothing to record.")
        }
        let isPlain = model.members.keys.sorted() == ["replies"]
        var test: [String: JSONValue] = [
            "name": .string("\(state.pipeline?.name ?? "a run") as in run \(start.run)"),
            "model": isPlain ? model["replies"] ?? [] : model,
            "expect": .object(expectation(events, state, workspace.path)),
        ]
        if !start.inputs.isEmpty { test["inputs"] = .object(start.inputs) }
        if state.pipeline?.workspace.isolation == .worktree { test["git"] = true }
        let answers = answers(events)
        if !answers.isEmpty { test["answers"] = .array(answers.map(\.json)) }
        return test
    }

    // MARK: - What is expected

    private static func expectation(_ events: [Event], _ state: RunState, _ workspace: String) -> [String: JSONValue] {
        let told = ["run.started", "check.finished", "tool_call.finished", "tool_call.refused", "run.finished"]
        var tools: [CallID: String] = [:]
        let expected = events.compactMap { event -> JSONValue? in
            if case .callProposed(let call) = event.payload { tools[call.id] = call.call.tool }
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
    private static func answers(_ events: [Event]) -> [TestAnswer] {
        var asked: [ApprovalID: Approval] = [:]
        return events.compactMap { event in
            switch event.payload {
            case .approvalRequested(let approval):
                asked[approval.id] = approval
                return nil
            case .approvalResolved(let id, let answer):
                guard let approval = asked[id], answer.coveredBy == nil else { return nil }
                if case .repetition = approval.subject { return nil }
                if let content = answer.answer { return .answer(content) }
                return answer.decision == .approved
                    ? .approve(message: answer.message) : .reject(message: answer.message)
            default: return nil
            }
        }
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
