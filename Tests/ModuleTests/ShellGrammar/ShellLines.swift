import Foundation
import PipelineKit
import PipelineTesting
import ProcessKit
import ShellGrammar

/// Command lines to try things with, some of them wrong.
enum ShellLines {
    /// One for each line of the file; `␤` stands for the end of a line.
    static let all: [String] = {
        let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "Fixtures/Shell/lines.txt")
        let text = (try? String(contentsOf: file, encoding: .utf8)) ?? ""
        return text.split(separator: "\n").map { $0.replacingOccurrences(of: "␤", with: "\n") }
    }()

    /// Lines made of these by leaving out, doubling and exchanging bytes; the same ones each time.
    static func broken(_ count: Int) -> [String] {
        var random = Dice(seed: 7)
        return (0..<count).map { _ in
            var bytes = Array(all.randomElement(using: &random)!.utf8)
            for _ in 0...Int.random(in: 0...2, using: &random) where !bytes.isEmpty {
                let place = Int.random(in: bytes.indices, using: &random)
                switch Int.random(in: 0...2, using: &random) {
                case 0: bytes.remove(at: place)
                case 1: bytes.insert(bytes[place], at: place)
                default: bytes[place] = "$(){}[]<>|&;'\"`\\ #!\n=~*ax1".utf8.randomElement(using: &random)!
                }
            }
            return String(decoding: bytes, as: UTF8.self)
        }
    }

    /// Which of the lines bash takes for commands; it runs none of them.
    static func accepted(_ lines: [String]) async throws -> [Bool] {
        let script = """
            while IFS= read -r -d '' line; do
                said=$(bash -n -c "$line" 2>&1) && [ -z "$said" ] && echo yes || echo no
            done < lines
            """
        return try await withTemporaryWorkspace(["lines": lines.joined(separator: "\0") + "\0"]) { workspace in
            let command = Command(
                "/bin/bash",
                ["-c", script],
                in: workspace.path,
                environment: Environment.passing([]),
                timeout: .seconds(120),
                limit: OutputLimit(head: 1_000_000, tail: 0)
            )
            guard case .finished(let finished) = try await outcome(of: command) else { return [] }
            return finished.output.text.split(separator: "\n").map { $0 == "yes" }
        }
    }

    static let place = LineReach.Place(directory: "/srv/calc", isRepository: true)

    static func reach(_ line: String) -> Set<Reach> {
        LineReach.scope(of: line, argument: "command", at: place).scope.reach
    }
}
