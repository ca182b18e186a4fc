public import PipelineKit

/// Finds what would keep a pipeline from starting, without touching anything but the pipeline.
///
/// Every module is constructed with its settings. What depends on inputs that nobody has given yet is left for the
/// start.
public struct PipelineLinter: Sendable {
    /// Whether the texts of a pipeline still hold references.
    public enum Stage: Sendable {
        /// As a file says it.
        case written
        /// As ``PipelineKit/Pipeline/resolved(inputs:environment:)`` gave it; a `${` is only text.
        case resolved
    }

    let registry: Registry
    /// The directory that a run would work on; `nil` when it is not known yet.
    private let project: String?

    public init(_ registry: Registry, project: String? = nil) {
        self.registry = registry
        self.project = project
    }

    /// What is wrong, in the order of the rules; empty for a pipeline that will start.
    public func findings(in pipeline: Pipeline, _ stage: Stage = .written) -> [Finding] {
        var draft = pipeline
        var interpolation = Interpolation(meaning(in: pipeline))
        if stage == .written { interpolation.replace(in: &draft) }
        let (registry, brought) = registry.including(draft, in: project)
        let check = LintCheck(
            written: pipeline,
            pipeline: draft,
            uncertain: interpolation.uncertain,
            registry: registry
        )
        return interpolation.findings + check.names + check.inputs + check.limits + check.globs + check.heldOut
            + check.brought(brought) + check.tools + check.goal + check.steps + check.providers
    }

    /// Defaults where there are some, stand-ins where a person will give the value.
    private func meaning(in pipeline: Pipeline) -> (Reference) -> Interpolation.Meaning {
        let scope = ReferenceScope(pipeline)
        return { reference in
            if let sentence = scope.problem(reference) { return .problem(sentence) }
            guard case .input(let name) = reference, let input = pipeline.inputs[name] else { return .standIn("x") }
            guard let value = input.default, input.type.takes(value) else { return .standIn(input.type.standIn) }
            return .value(value)
        }
    }
}

/// One pipeline under one registry; each rule is a property in an extension.
struct LintCheck {
    /// With its references.
    let written: Pipeline
    /// With them replaced.
    let pipeline: Pipeline
    /// Values that are not known before the run starts.
    let uncertain: Set<FieldPath>
    let registry: Registry

    func isCertain(_ path: FieldPath) -> Bool {
        !uncertain.contains { $0.isRelated(to: path) }
    }

    static func path(_ parts: String...) -> FieldPath { FieldPath(parts.map(FieldPath.Part.key)) }
}
