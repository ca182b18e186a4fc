import FoundationEssentials
import GateKit
import PipelineKit

/// What a project is linted with, as it says itself.
enum ProjectLinter: Sendable, Hashable {
    case command(String)
    case ruff
    case eslint

    /// What says which, and what that looks at: none of it may change under a check.
    static let protection = EditPolicy(
        protect: ["GNUmakefile", "makefile", "Makefile"] + RuffGate.protection.protect + ESLintGate.protection.protect,
        sections: RuffGate.protection.sections + ESLintGate.protection.sections
            + [ProtectedSection(file: "package.json", word: "lint")]
    )

    /// The first that is there of: a target and a script `lint`, a configuration of ESLint, and of Ruff, or code that it
    /// needs none for.
    ///
    /// - Throws: `.missing` when there is none of these.
    init(in directory: String) throws(Failure) {
        let files = Set((try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? [])
        // The order in which GNU make looks for them.
        let makefile = ["GNUmakefile", "makefile", "Makefile"].first(where: files.contains)
        let rules = makefile.map { Self.text($0, in: directory).split(separator: "\n") } ?? []
        if rules.contains(where: { $0.hasPrefix("lint:") }) {
            self = .command("make lint")
        } else if Self.hasScript(in: directory) {
            self = .command("npm run --silent lint")
        } else if files.contains(where: { $0.hasPrefix("eslint.config.") || $0.hasPrefix(".eslintrc") }) {
            self = .eslint
        } else if files.contains(where: { Self.python.contains($0) || $0.hasSuffix(".py") }) {
            self = .ruff
        } else {
            throw Failure(
                .missing,
                """
                The project does not say what it is linted with: there is no target 'lint' in a Makefile, no script 'lint' \
                in package.json, no configuration of ESLint, and no Python for Ruff. Give 'command'.
                """
            )
        }
    }

    private static let python: Set<String> = ["pyproject.toml", "ruff.toml", ".ruff.toml", "setup.py", "setup.cfg"]

    private static func hasScript(in directory: String) -> Bool {
        guard let json = try? JSONValue(parsing: text("package.json", in: directory)) else { return false }
        return json["scripts"]?["lint"]?.text?.isEmpty == false
    }

    private static func text(_ file: String, in directory: String) -> String {
        (try? String(contentsOfFile: "\(directory)/\(file)", encoding: .utf8)) ?? ""
    }
}
