public import PipelineKit

extension UnittestGate {
    /// The tests, the data beside them, and whatever would stand in for a part of the runner.
    ///
    /// `test*.py` is unittest's own pattern; the others are those that `pattern` is usually set to.
    public static var protection: EditPolicy { EditPolicy(protect: tests + runner) }

    private static let tests = [
        "**/test*.py", "**/*_test.py", "**/*_tests.py", "**/tests/**", "**/test/**",
    ]

    /// Modules of the runner, start-up files of Python, and compiled code that is taken for a source that says something
    /// else.
    private static let runner = [
        "**/unittest.py", "**/unittest/**", "**/sitecustomize.py", "**/usercustomize.py", "**/*.pth",
        "**/__pycache__/**", "**/*.pyc", "**/*.dist-info/**", "**/*.egg-info/**",
    ]
}
