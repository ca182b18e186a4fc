import DetectionKit

/// The pipeline file that a person begins with.
struct PipelineTemplate: Sendable {
    /// The name of the file.
    var file: String
    /// The command that starts it, in the directory of the file.
    var start: String
    /// The pipeline it extends; `nil` for one of its own.
    var parent: String?
    /// What was found where it is to stand; `nil` when nobody looked.
    var detection: Detection?

    /// What to tell a person of it.
    var found: [String] {
        guard let detection else { return [] }
        return detection.projects.isEmpty
            ? ["Found nothing that says how this is tested: the goal is for you to fill in."] : detection.lines
    }

    var text: String {
        """
        # A pipeline for Sluice. Check it with 'sluice lint \(file)', start it with '\(start)'.
        name: my-pipeline
        \(goal)

        # Who works. Any OpenAI-compatible service: its address in OPENAI_BASE_URL, its key in OPENAI_API_KEY.
        model: openai/gpt-5.2

        # What the model should know about this project.
        instructions: |
          Change as little as it takes.

        tools:
          ask: [bash_exec]         # a person is asked before each of these

        human:
          gate: never              # never | after_check | before_writes | plan

        limits:
          iterations: 20
          wall: 30m

        workspace:
          isolation: none          # none: in place; worktree: beside it
        \(readable)
        """
    }

    private var readable: String {
        guard let fetched = detection?.fetched, !fetched.isEmpty else { return "" }
        return "  # readable: [\(fetched.joined(separator: ", "))]   # in a sandbox: what was fetched before\n"
    }

    private var goal: String {
        if let parent { return "extends: \(parent)            # a built-in pipeline or a file; what stands here wins" }
        guard let detection, !detection.projects.isEmpty else { return Self.unknown }
        return "\n# What must become true.\n\(DetectedPipeline(detection).commentedGoal)"
    }

    private static let unknown = """

        # What must become true. Nothing here says how this is tested: write the command that has to succeed, or name
        # a gate ('sluice modules' lists them).
        goal: { gate: command, with: { command: make test } }
        """
}
