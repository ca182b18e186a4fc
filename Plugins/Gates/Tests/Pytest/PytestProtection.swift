public import PipelineKit

extension PytestGate {
    /// The tests, the data beside them, pytest's configuration, and whatever would stand in for a part of the runner.
    ///
    /// File names are pytest's defaults (`python_files`) and Django's `tests.py`; the configuration files are those of
    /// https://docs.pytest.org/en/stable/reference/customize.html.
    public static var protection: EditPolicy { EditPolicy(protect: tests + configuration + runner, sections: sections) }

    private static let tests = [
        "**/test_*.py", "**/*_test.py", "**/tests.py", "**/tests/**", "**/test/**", "**/conftest.py",
    ]

    /// pytest takes the nearest file to the paths it is given, so one in a subdirectory must not be new either.
    private static let configuration = [
        "**/pytest.ini", "**/.pytest.ini", "**/pytest.toml", "**/.pytest.toml", "*/**/pyproject.toml",
        "*/**/setup.cfg", "*/**/tox.ini",
    ]

    /// Modules of the runner, start-up files of Python, compiled code that is taken for a source that says something
    /// else, and metadata by which a directory passes for an installed package with plugins.
    private static let runner = [
        "**/pytest.py", "**/pytest/**", "**/_pytest/**", "**/pluggy/**", "**/sitecustomize.py", "**/usercustomize.py",
        "**/*.pth", "**/__pycache__/**", "**/*.pyc", "**/*.dist-info/**", "**/*.egg-info/**",
    ]

    private static let sections = ["pyproject.toml", "setup.cfg", "tox.ini"].map {
        ProtectedSection(file: $0, word: "pytest")
    }
}
