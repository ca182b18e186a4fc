import FoundationEssentials
import PipelineKit

/// `sluice new`: a module to begin with, in a checkout of Sluice.
enum NewCommand: Subcommand {
    struct Options: Fields {
        @Field("The checkout of Sluice to write it in.") var cwd: String = "."
        init() {}
    }

    static let name = "new"
    static let summary =
        "Begins a tool, a gate, a provider or a contract in a checkout of Sluice: source, test, and the lines in its lists."
    static let operands = [
        Operand(name: "KIND", help: "tool, gate, provider, or contract, an HTTP interface."),
        Operand(name: "NAME", help: "What pipelines call it, such as 'word_count'."),
    ]

    private static let manifest = "Package.swift"

    static func run(_ options: Options, _ operands: [String], in session: Session) async throws(CommandError)
        -> ExitStatus
    {
        guard let kind = ModuleKind(rawValue: operands[0]) else {
            let all = ModuleKind.allCases.map(\.rawValue)
            let near = Suggestion.sentence(for: operands[0], among: all)
            throw .usage(
                "There is no kind of module '\(operands[0])'.\(near) There are: \(all.joined(separator: ", "))."
            )
        }
        let root = try existingDirectory(options.cwd, of: "--cwd")
        let module = try NewModule(kind, operands[1]) { family in
            FileManager.default.fileExists(atPath: "\(root)/Plugins/\(kind.family)/\(family)")
        }
        try expectFree(module, in: root, session)
        // Read and changed before anything is written, so that a checkout is never left with half a module.
        let lists = [
            (manifest, try module.manifest(try read(manifest, in: root))),
            (kind.list, try module.list(try read(kind.list, in: root))),
        ]
        let files = [(module.source, module.sourceText), (module.test, module.testText)] + lists
        for (path, text) in files {
            try write(text, to: path, in: root)
            Output.line("Wrote \(path)")
        }
        Output.line("\nNext: swift build, then\n  swift test --filter \(module.type)Tests\n  \(last(of: module))")
        return .achieved
    }

    private static func last(of module: NewModule) -> String {
        module.kind == .contract
            ? "swift run sluice serve --contract \(module.id)"
            : "swift run sluice modules --markdown > Docs/Reference/Modules.md"
    }

    private static func expectFree(_ module: NewModule, in root: String, _ session: Session) throws(CommandError) {
        let isTaken = session.registry.cards.contains {
            $0.kind.rawValue == module.kind.rawValue && $0.names.contains(module.id)
        }
        if isTaken || module.kind == .contract && ServedContract.all.contains(where: { $0.name == module.id }) {
            throw .usage("There is a \(module.kind.rawValue) named '\(module.id)' already.")
        }
        for path in [module.source, module.test] where FileManager.default.fileExists(atPath: "\(root)/\(path)") {
            throw .usage("'\(path)' is there already; nothing was written.")
        }
    }

    private static func read(_ path: String, in root: String) throws(CommandError) -> String {
        guard let text = try? String(contentsOfFile: "\(root)/\(path)", encoding: .utf8) else {
            throw .usage("'\(root)' is no checkout of Sluice: there is no '\(path)'.")
        }
        return text
    }

    private static func write(_ text: String, to path: String, in root: String) throws(CommandError) {
        let file = URL(fileURLWithPath: "\(root)/\(path)")
        do {
            let directory = file.deletingLastPathComponent()
            try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
            try Data(text.utf8).write(to: file, options: .atomic)
        } catch {
            throw .broken("'\(path)' could not be written: \(error)")
        }
    }
}
