import GateKit
import PipelineKit

/// A session of Node's runner that has ended.
struct NodeSession: Sendable {
    var end: RunnerEnd
    var events: NodeEvents
    /// Absolute paths of the test files that came to their end by themselves.
    var ended: Set<String>
    /// Absolute path of the workspace; stacks are full of it.
    var root: String

    /// - Parameter path: Makes a path relative to the workspace.
    func verdict(path: (String) -> String) -> Verdict {
        let cases = NodeCases(events, root, path)
        guard events.isComplete else {
            return end.explained("\(end.words) before all tests had run, or its report was changed.", cases: cases.all)
        }
        let left = cases.silentFiles.filter { !ended.contains($0) }.map(path)
        guard left.isEmpty else {
            let verb = left.count == 1 ? "It exits" : "They exit"
            return end.explained(
                "\(left.count) test \(left.count == 1 ? "file" : "files") left no test behind: "
                    + "\(left.named(atMost: 5)). \(verb) before the tests have run.",
                cases: cases.all
            )
        }
        guard cases.open.isEmpty || end.status != 0 else {
            let names = cases.open.named(atMost: 5)
            return end.explained(
                "\(cases.open.count) of the tests that were started did not end: \(names).",
                cases: cases.all
            )
        }
        if cases.all.isEmpty, end.status == 0 {
            return end.explained("No test ran. Name the files that hold tests with 'paths:'.")
        }
        return TestSession(end, cases: cases.all).verdict
    }

    /// The failure with the test files that were running in it.
    static func late(_ failure: Failure, _ events: NodeEvents) -> Failure {
        let files = events.openFiles.map { $0.split(separator: "/").last.map(String.init) ?? $0 }
        return failure.naming(open: files)
    }
}

/// The tests in a stream of events.
private struct NodeCases {
    private(set) var all: [TestCase] = []
    /// Names of tests that were to run and neither passed nor failed.
    private(set) var open: [String] = []
    /// Absolute paths of files that passed without a test.
    private(set) var silentFiles: [String] = []
    private let root: String

    init(_ events: NodeEvents, _ root: String, _ path: (String) -> String) {
        self.root = root
        var names: [String] = []
        var waiting: [String: Int] = [:]
        var order: [String] = []
        for event in events.events {
            let key = "\(path(event.file))::\(event.name)"
            switch event.kind {
            case .enqueue where event.isFile: break
            case .enqueue:
                if waiting[key] == nil { order.append(key) }
                waiting[key, default: 0] += 1
            case .start:
                names = names.prefix(event.nesting) + [event.name]
            case .pass, .fail:
                waiting[key, default: 0] -= 1
                let parents = event.isFile ? [] : names.prefix(event.nesting) + [event.name]
                add(event, ([path(event.file)] + parents).joined(separator: "::"), path)
            }
        }
        open = order.filter { waiting[$0, default: 0] > 0 }
        all = all.numbered
    }

    private mutating func add(_ event: NodeEvents.Event, _ id: String, _ path: (String) -> String) {
        if event.isFile, event.kind == .pass { return silentFiles.append(event.file) }
        if event.isSuite, event.kind == .pass || event.failure == "subtestsFailed" { return }
        let isBroken = event.isFile || event.isSuite || event.failure == "hookFailed"
        var outcome: TestCase.Outcome = event.kind == .pass ? .passed : isBroken ? .error : .failed
        if event.skip != nil, event.kind == .pass || !event.isFile { outcome = .skipped }
        var test = TestCase(id, outcome, message(event), seconds: event.seconds)
        test.file = path(event.file)
        test.line = event.isFile ? nil : event.line
        all.append(test)
    }

    private func message(_ event: NodeEvents.Event) -> String {
        if let skip = event.skip { return skip }
        guard event.kind == .fail else { return "" }
        guard event.isFile else {
            return event.message.replacing("file://\(root)/", with: "").replacing("\(root)/", with: "")
        }
        if let signal = event.signal { return "The process of the file was ended by \(signal)." }
        return "The process of the file exited with \(event.status ?? 1)."
    }
}
