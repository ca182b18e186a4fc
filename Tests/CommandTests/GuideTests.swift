import Foundation
import Testing

/// What guides show can be done as it stands there: their files are written, their commands run, and what they print is what
/// the guide says. A block whose fence names a path is that file; `…` stands for the rest of a line.
struct GuideTests {
    private struct Block {
        var kind: Substring
        var path: String?
        var lines: [Substring] = []
    }

    private static let guides = ["YourOwnTools", "AddATool", "MCP", "TestingPipelines"]

    private static func blocks(of guide: String) throws -> [Block] {
        let text = try String(contentsOfFile: "\(Bench.package)/Docs/Guides/\(guide).md", encoding: .utf8)
        var (blocks, open): ([Block], Block?) = ([], nil)
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            if var block = open {
                guard line != "```" else {
                    blocks.append(block)
                    open = nil
                    continue
                }
                block.lines.append(line)
                open = block
            } else if line.hasPrefix("```") {
                let words = line.dropFirst(3).split(separator: " ")
                let path = words.count == 2 && words[1].contains(".") ? String(words[1]) : nil
                open = Block(kind: words.first ?? "", path: path)
            }
        }
        return blocks
    }

    @Test(arguments: guides) func whatItShowsHappens(guide: String) async throws {
        try await withBench { bench in
            let blocks = try Self.blocks(of: guide)
            try #require(blocks.contains { $0.kind == "console" }, "'\(guide)' shows no command.")
            if guide == "AddATool" { try layOutCheckout(in: bench) }
            for block in blocks {
                if let path = block.path {
                    try bench.write(block.lines.joined(separator: "\n") + "\n", to: path)
                } else if block.kind == "console" {
                    try await expectSession(block.lines, in: bench)
                }
            }
        }
    }

    /// As much of a checkout of Sluice as `sluice new` looks at.
    private func layOutCheckout(in bench: Bench) throws {
        for path in ["Package.swift", "Sources/StandardModules/StandardModules.swift"] {
            try bench.write(String(contentsOfFile: "\(Bench.package)/\(path)", encoding: .utf8), to: path)
        }
    }

    /// Each command of a session is run, and prints what stands below it.
    private func expectSession(_ lines: [Substring], in bench: Bench) async throws {
        let starts = lines.indices.filter { lines[$0].hasPrefix("$ ") }
        for (number, start) in starts.enumerated() {
            let end = number + 1 < starts.count ? starts[number + 1] : lines.endIndex
            let command = String(lines[start].dropFirst(2))
            let errors = "\(bench.root)/\(UUID().uuidString).stderr"
            let directory = URL(filePath: Bench.sluice).deletingLastPathComponent().path
            let environment = bench.environment.merging(["PATH": "\(directory):\(bench.environment["PATH"] ?? "")"]) {
                $1
            }
            let ended = try await Running(["/bin/sh", "-c", command], environment, in: bench.root, errors: errors)
                .ended()
            let printed = (ended.errors + ended.output).split(separator: "\n", omittingEmptySubsequences: false)
            let shown = Array(lines[(start + 1)..<end])
            #expect(
                Self.matches(Array(printed.dropLast(printed.last == "" ? 1 : 0)), shown),
                "'\(command)' printed:\n\(ended.errors)\(ended.output)"
            )
        }
    }

    private static func matches(_ printed: [Substring], _ shown: [Substring]) -> Bool {
        guard printed.count == shown.count else { return false }
        return zip(printed, shown).allSatisfy { printed, shown in
            guard let cut = shown.range(of: "…") else { return printed == shown }
            return printed.hasPrefix(shown[..<cut.lowerBound]) && printed.hasSuffix(shown[cut.upperBound...])
        }
    }
}
