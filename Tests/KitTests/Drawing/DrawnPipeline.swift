import PipelineKit

/// Pipelines that several tests draw.
enum DrawnPipeline {
    /// One with a step of every kind, and everything that may be said of one.
    static let full: JSONValue = [
        "name": "fix", "model": "openai/gpt-5.2", "goal": ["all": ["pytest", ["any": ["ruff", ["not": "pyright"]]]]],
        "limits": ["iterations": 4],
        "steps": [
            [
                "id": "plan", "model": ["anthropic/claude-sonnet-4-6", "openai/gpt-5.2"],
                "outputs": ["tasks": ["type": "list"]],
            ],
            [
                "id": "work", "needs": ["plan"], "each": "${steps.plan.tasks}", "goal": "pytest",
                "retry": ["times": 2, "wait": "30s"],
            ],
            ["id": "lint", "gate": "ruff", "needs": ["plan"], "on_failure": "ignore"],
            ["id": "notes", "pipeline": ["name": "notes"], "needs": ["plan"], "if": "not steps.plan.empty"],
            ["id": "review", "human": "Ship ${steps.work.summary}?", "needs": ["work", "lint"]],
        ],
    ]
}
