import FoundationEssentials
import GateKit
import PipelineKit
import ProcessKit

/// Counts the instructions of one run; https://valgrind.org/docs/manual/cl-manual.html.
///
/// Programs that speak to valgrind may have it count less, so where the code under test cannot be trusted processor
/// time is the better clock.
struct Callgrind: Sendable {
    private let valgrind: String
    /// Where each process leaves its count.
    private let directory: String

    /// - Throws: ``PipelineKit/Failure/Kind/missing`` without valgrind.
    init(_ context: GateContext) throws(Failure) {
        guard let valgrind = Programs.find("valgrind") else {
            throw Failure(
                .missing,
                "Instructions are counted by 'valgrind', which was not found in PATH. "
                    + "Install it: apt-get install valgrind"
            )
        }
        self.valgrind = valgrind
        directory = "\(try context.scratch())/callgrind-\(UUID().uuidString)"
        do {
            try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        } catch {
            throw Failure(.unavailable, "The directory '\(directory)' for counts cannot be made.")
        }
    }

    func command(for line: String, in workspace: Workspace) -> Command {
        let words = [
            "-q", "--tool=callgrind", "--trace-children=yes", "--callgrind-out-file=\(directory)/%p.counts",
            "/bin/sh", "-c", line,
        ]
        let limit = OutputLimit(head: 64 << 10, tail: 64 << 10)
        return Command(valgrind, words, in: workspace, limit: limit, output: .merged)
    }

    /// The instructions of all processes together.
    ///
    /// - Throws: ``PipelineKit/Failure/Kind/unavailable`` when nothing was counted.
    func total() throws(Failure) -> Double {
        let counts = ReportFile.paths(below: directory, ending: ".counts").compactMap(Self.count)
        guard !counts.isEmpty else { throw Failure(.unavailable, "valgrind left no count of instructions.") }
        return counts.reduce(0, +)
    }

    /// `totals: 229635` at the end of a file; of several dumps the sum.
    private static func count(in path: String) -> Double? {
        guard let bytes = ReportFile.bytes(at: path) else { return nil }
        return total(in: String(decoding: bytes, as: UTF8.self))
    }

    static func total(in text: String) -> Double? {
        let lines = text.split(separator: "\n").filter { $0.hasPrefix("totals: ") }
        let numbers = lines.compactMap { Int($0.dropFirst("totals: ".count)) }.filter { $0 >= 0 }.map(Double.init)
        return numbers.isEmpty ? nil : numbers.reduce(0, +)
    }
}
