/// The pipelines that come with the product, in the program itself.
public enum BuiltInPipelines {
    /// The text of each, by name.
    public static let all: [String: String] = [
        "ai-eval": text(PackageResources.ai_eval_yaml),
        "bench-compare": text(PackageResources.bench_compare_yaml),
        "command": text(PackageResources.command_yaml),
        "coverage": text(PackageResources.coverage_yaml),
        "fix-ci": text(PackageResources.fix_ci_yaml),
        "fix-lint": text(PackageResources.fix_lint_yaml),
        "generate-eval": text(PackageResources.generate_eval_yaml),
        "perf-check": text(PackageResources.perf_check_yaml),
        "plan-approve-build": text(PackageResources.plan_approve_build_yaml),
        "prompt": text(PackageResources.prompt_yaml),
        "pytest": text(PackageResources.pytest_yaml),
        "refactor": text(PackageResources.refactor_yaml),
        "refactor-by-review": text(PackageResources.refactor_by_review_yaml),
        "reproduce-bug": text(PackageResources.reproduce_bug_yaml),
        "review": text(PackageResources.review_yaml),
        "swarm": text(PackageResources.swarm_yaml),
        "task": text(PackageResources.task_yaml),
        "upgrade-dependency": text(PackageResources.upgrade_dependency_yaml),
    ]

    private static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
}
