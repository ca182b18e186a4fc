public import PipelineKit

/// Holds when every phase of a piece of research has left what it should.
public struct ResearchGate: Gate {
    public static let id: ModuleID = "research"
    public static let summary =
        "Holds when every phase of a piece of research has left its files, with the sections and words they need."
    private let phases: ResearchPhases

    public init(settings: ResearchSettings) throws(Failure) {
        phases = try ResearchPhases(
            settings,
            standard: [
                ResearchPhase(
                    "literature review",
                    ["literature_review.md"],
                    bytes: 1_000,
                    sections: ["Sources"]
                ),
                ResearchPhase("data", ["data/**"]),
                ResearchPhase("experiments", ["experiments/**/*.json"], members: ["hypothesis", "result"]),
                ResearchPhase(
                    "report",
                    ["report.md"],
                    bytes: 2_000,
                    sections: ["Methods", "Results", "Limitations"]
                ),
            ]
        )
    }

    public var dependsOnFilesAlone: Bool { true }

    public func judge(_ workspace: Workspace, in context: GateContext) async throws(Failure) -> Verdict {
        phases.verdict(in: workspace.path)
    }
}

/// A ``ResearchGate`` whose phases are those of a study in oncology.
public struct CancerResearchGate: Gate {
    public static let id: ModuleID = "cancer-research"
    public static let summary =
        "Holds when every phase of a study in oncology has left its files, with the sections they need."
    private let phases: ResearchPhases

    public init(settings: ResearchSettings) throws(Failure) {
        phases = try ResearchPhases(
            settings,
            standard: [
                ResearchPhase(
                    "literature review",
                    ["literature_review.md"],
                    bytes: 1_000,
                    sections: ["Sources", "Open questions"]
                ),
                ResearchPhase("data", ["data/**"]),
                ResearchPhase("hypotheses", ["hypotheses.md"], bytes: 500, sections: ["Rationale", "Falsification"]),
                ResearchPhase("experiments", ["experiments/**/*.json"], members: ["hypothesis", "method", "result"]),
                ResearchPhase(
                    "report",
                    ["report.md"],
                    bytes: 2_000,
                    sections: ["Methods", "Results", "Limitations", "Clinical relevance"]
                ),
            ]
        )
    }

    public var dependsOnFilesAlone: Bool { true }

    public func judge(_ workspace: Workspace, in context: GateContext) async throws(Failure) -> Verdict {
        phases.verdict(in: workspace.path)
    }
}
