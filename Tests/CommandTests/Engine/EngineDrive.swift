import Foundation
import PipelineKit
import Testing

/// One process of `sluice bench engine`, driven as a program drives it that compares engines.
struct EngineDrive {
    let running: Running

    init(_ words: String..., on bench: Bench) throws {
        running = try bench.start(["bench", "engine"] + words, adding: ["TMPDIR": bench.root])
    }

    init(_ words: [String], on bench: Bench) throws {
        running = try bench.start(["bench", "engine"] + words, adding: ["TMPDIR": bench.root])
    }

    /// The lines up to one that tells of this event.
    func lines(to event: String) async throws -> [JSONValue] {
        var lines: [JSONValue] = []
        while let text = await running.next() {
            lines.append(try JSONValue(parsing: text))
            if lines.last?["ev"]?.text == event { return lines }
        }
        Issue.record("It ended without '\(event)': \(await running.ended())")
        return lines
    }

    /// Closes the input; the process is to end well, and to say nothing more.
    func end() async throws {
        let told = try await closed()
        #expect((told.status, told.errors) == (0, ""))
    }

    func closed() async throws -> Ended {
        try running.endInput()
        return await running.ended()
    }

    /// The lines of a process that goes through.
    static func lines(_ words: String..., on bench: Bench) async throws -> [JSONValue] {
        try await lines(words, on: bench)
    }

    static func lines(_ words: [String], on bench: Bench) async throws -> [JSONValue] {
        let drive = try EngineDrive(words, on: bench)
        let lines = try await drive.lines(to: "end")
        try await drive.end()
        return lines
    }
}

/// What the bodies of steps wrote, in order.
struct Effects: Equatable {
    var runs: Set<Substring> = []
    var steps: [Int] = []

    init(of bench: Bench) throws {
        let text = bench.read("project/effects.log") ?? ""
        try #require(text.isEmpty || text.last == "\n")
        for line in text.split(separator: "\n") {
            let words = line.split(separator: " ")
            try #require(words.count == 2)
            runs.insert(words[0])
            steps.append(try #require(Int(words[1])))
        }
    }

    /// Lines besides the first of each step.
    var repeated: Int { steps.count - Set(steps).count }
}
