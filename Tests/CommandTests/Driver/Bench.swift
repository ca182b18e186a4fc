import Foundation
import PipelineEngine
import PipelineKit
import Testing

/// A directory in which one test runs `sluice`: a project, a state directory, a home, and nothing else of this machine.
struct Bench: Sendable {
    let root: String
    var environment: [String: String]

    var project: String { "\(root)/project" }
    var state: String { "\(root)/state" }
    var database: String { "\(state)/sluice.db" }

    init(at root: String) throws {
        self.root = root
        environment = [
            "PATH": "\(Self.package)/.venv/bin:/usr/local/bin:/usr/bin:/bin", "HOME": "\(root)/home", "USER": "ada",
            "LANG": "C.UTF-8", "SLUICE_STATE": "\(root)/state", "SWIFT_BACKTRACE": "enable=no",
        ]
        for directory in [project, "\(root)/home"] {
            try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        }
    }

    /// The program that was built with these tests.
    static let sluice = program("sluice")

    private static func program(_ name: String) -> String {
        URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent().appending(path: name).path
    }

    static let package = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().path

    // MARK: - Programs

    /// - Parameter program: What was built with these tests.
    func start(
        program: String = "sluice",
        _ words: [String],
        adding more: [String: String] = [:],
        in directory: String? = nil
    ) throws -> Running {
        let errors = "\(root)/\(UUID().uuidString).stderr"
        return try Running(
            [Self.program(program)] + words,
            environment.merging(more) { $1 },
            in: directory ?? root,
            errors: errors
        )
    }

    func sluice(_ words: String..., adding more: [String: String] = [:], in directory: String? = nil) async throws
        -> Ended
    {
        try await start(words, adding: more, in: directory).ended()
    }

    /// Runs another program to its end, and demands that it succeeds.
    @discardableResult
    func run(_ words: String..., in directory: String? = nil) async throws -> String {
        try await run(words, in: directory)
    }

    @discardableResult
    func run(_ words: [String], in directory: String? = nil) async throws -> String {
        let errors = "\(root)/\(UUID().uuidString).stderr"
        let ended = try await Running(words, environment, in: directory ?? root, errors: errors).ended()
        try #require(ended.status == 0, "\(words): \(ended.output)\(ended.errors)")
        return ended.output
    }

    // MARK: - Files

    func write(_ text: String, to path: String) throws {
        let file = URL(filePath: path.hasPrefix("/") ? path : "\(root)/\(path)")
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: file)
    }

    func read(_ path: String) -> String? {
        try? String(contentsOfFile: path.hasPrefix("/") ? path : "\(root)/\(path)", encoding: .utf8)
    }

    /// Every file below a directory and what it holds, those of git left out.
    func tree(_ directory: String? = nil) throws -> [String: String] {
        let directory = directory ?? project
        var files: [String: String] = [:]
        for path in try FileManager.default.subpathsOfDirectory(atPath: directory) {
            guard !path.hasPrefix(".git/"), let text = read("\(directory)/\(path)") else { continue }
            files[path] = text
        }
        return files
    }

    // MARK: - Histories

    /// The history that `sluice events --json` prints, its chain checked; empty when there is no such run.
    func events(of run: String = "last") async throws -> [Event] {
        let printed = try await sluice("events", run, "--json")
        guard printed.status == 0 else { return [] }
        return try Self.events(in: printed.output)
    }

    static func events(in text: String) throws -> [Event] {
        try text.split(separator: "\n").reduce(into: []) { events, line in
            let line = try EventLine(String(line), after: events.count, head: events.last?.digest ?? Chain.start)
            events.append(line.event)
        }
    }
}

/// Hands a bench over, and removes it afterwards.
func withBench<Value>(
    isolation: isolated (any Actor)? = #isolation,
    _ body: (Bench) async throws -> Value
) async throws -> Value {
    let name = "sluice-\(UUID().uuidString.prefix(8).lowercased())"
    let root = FileManager.default.temporaryDirectory.resolvingSymlinksInPath().appending(path: name).path
    defer { try? FileManager.default.removeItem(atPath: root) }
    return try await body(try Bench(at: root))
}
