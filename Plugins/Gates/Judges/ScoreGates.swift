public import PipelineKit
import WorkspaceKit

/// Holds when models score files as high as asked, by a rubric that the pipeline gives.
public struct ScoreGate: Gate {
    public static let id: ModuleID = "score"
    public static let summary = "Holds when models score files at least as high as asked, by a rubric."
    public static let example: JSONValue = ["files": ["README.md"]]
    public static let asksModels = true
    private let scoring: Scoring

    public init(settings: ScoreSettings) throws(Failure) {
        scoring = try Scoring(
            settings,
            rubric: """
                It does what its title or first lines promise, wholly and correctly; what it claims is supported; nothing \
                that matters is missing; nothing is padding.
                """
        )
    }

    public var judge: ModelName? { scoring.settings.model }

    public func judge(_ workspace: Workspace, in context: GateContext) async throws(Failure) -> Verdict {
        try await scoring.verdict(workspace, context)
    }
}

/// Holds when a text has become better: as ``ScoreGate``, by a rubric for prose, beside what stood there at first.
public struct TextImproveGate: Gate {
    public static let id: ModuleID = "text-improve"
    public static let summary = "Holds when models find a text better than it was, and score it as high as asked."
    public static let example: JSONValue = ["files": ["README.md"]]
    public static let asksModels = true
    private let scoring: Scoring

    public init(settings: ScoreSettings) throws(Failure) {
        scoring = try Scoring(
            settings,
            rubric: """
                Clarity: each sentence is understood at first reading. Structure: what belongs together stands together, \
                and the order helps. Brevity: no word could go without loss. Correctness: grammar, spelling, facts. Tone: \
                fit for its readers. Meaning: where a text before the work is shown, all that it says is still said, and a \
                text that is not clearly better than that one deserves 5 at most.
                """,
            comparesWithStart: true
        )
    }

    public var judge: ModelName? { scoring.settings.model }

    public func judge(_ workspace: Workspace, in context: GateContext) async throws(Failure) -> Verdict {
        try await scoring.verdict(workspace, context)
    }
}

/// Holds when models find a piece of writing good enough: as ``ScoreGate``, by a rubric for stories, poems and ideas.
public struct CreativeGate: Gate {
    public static let id: ModuleID = "creative"
    public static let summary = "Holds when models score a piece of creative writing at least as high as asked."
    public static let example: JSONValue = ["files": ["story.md"]]
    public static let asksModels = true
    private let scoring: Scoring

    public init(settings: ScoreSettings) throws(Failure) {
        scoring = try Scoring(
            settings,
            rubric: """
                Originality: it does not remind of a hundred others. Voice: one could tell who wrote it. Craft: rhythm, \
                images and form serve what is said. Coherence: it holds together to its end. Effect: it moves, amuses or \
                surprises. It keeps to what was asked for.
                """
        )
    }

    public var judge: ModelName? { scoring.settings.model }

    public func judge(_ workspace: Workspace, in context: GateContext) async throws(Failure) -> Verdict {
        try await scoring.verdict(workspace, context)
    }
}

/// What the gates that score have in common.
struct Scoring: Sendable {
    let settings: ScoreSettings
    private let panel: Panel
    private let patterns: [GlobPattern]
    private let comparesWithStart: Bool

    /// - Throws: `.invalidInput` for settings that cannot be.
    init(_ settings: ScoreSettings, rubric: String, comparesWithStart: Bool = false) throws(Failure) {
        patterns = try settings.patterns()
        panel = Panel(rubric: settings.rubric ?? rubric, settings: settings)
        self.settings = settings
        self.comparesWithStart = comparesWithStart
    }

    func verdict(_ workspace: Workspace, _ context: GateContext) async throws(Failure) -> Verdict {
        let texts = JudgedTexts(patterns, in: workspace.path, most: settings.most)
        if let problem = texts.problem { return .failed(problem) }
        guard comparesWithStart else { return try await panel.verdict(on: texts, asking: context.ask) }
        let start = try await context.base().path
        let original = JudgedTexts(patterns, in: start, most: settings.most)
        let isNew = original.problem != nil
        return try await panel.verdict(on: texts, before: isNew ? nil : original, asking: context.ask)
    }
}
