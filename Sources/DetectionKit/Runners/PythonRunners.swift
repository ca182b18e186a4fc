import PipelineKit

extension Runner {
    static let pytest = Runner("pytest", "a configuration of pytest, or tests of Python") { place in
        let tests = PythonTests(place)
        guard let evidence = tests.evidence, !tests.areForUnittest else { return nil }
        return Finding(.python, .family, evidence: evidence)
    }

    static let unittest = Runner("unittest", "tests of Python for unittest") { place in
        let tests = PythonTests(place)
        guard let evidence = tests.evidence, tests.areForUnittest, let example = tests.files.first else { return nil }
        // Discovery goes into packages only.
        let isApart = tests.directory.map { !place.paths(in: $0, where: { _ in true }).contains("\($0)/__init__.py") }
        let settings: [String: JSONValue] =
            isApart == true ? ["paths": .array([.string(tests.directory ?? "")])] : [:]
        let word = "'import unittest' in \(example)"
        return Finding(.python, .family, with: settings, evidence: evidence + [word])
    }
}

/// What says that a directory has tests in Python.
private struct PythonTests {
    let place: Place
    /// The directory of the tests; `nil` when they stand elsewhere.
    let directory: String?
    /// Files with tests, relative to the place.
    let files: [String]
    private let configuration: [String]

    init(_ place: Place) {
        self.place = place
        configuration = Self.configuration(place)
        let manifests = ["pyproject.toml", "setup.py", "setup.cfg", "requirements.txt"]
        let beside = ["tests", "test"].lazy.map { ($0, place.paths(in: $0, where: Self.isTest)) }
        let found = beside.first { !$0.1.isEmpty }
        directory = found?.0
        if let found {
            files = found.1
        } else if manifests.contains(where: place.has) {
            files = place.paths(apartFrom: manifests, where: Self.isTest)
        } else {
            // One below the top may be a script that happens to be called so.
            files = place.isTop ? place.files.filter(Self.isTest) : []
        }
    }

    /// The names that pytest looks for by default.
    private static func isTest(_ name: String) -> Bool {
        name.hasSuffix(".py") && (name.hasPrefix("test_") || name.hasSuffix("_test.py"))
    }

    /// https://docs.pytest.org/en/stable/reference/customize.html
    private static func configuration(_ place: Place) -> [String] {
        var found = ["pytest.toml", ".pytest.toml", "pytest.ini", ".pytest.ini", "conftest.py"].filter(place.has)
        let sections: [(file: String, header: String?)] = [
            ("pyproject.toml", place.text("pyproject.toml").section("tool.pytest", "tool.pytest.ini_options")),
            ("tox.ini", place.text("tox.ini").section("pytest")),
            ("setup.cfg", place.text("setup.cfg").section("tool:pytest")),
        ]
        found += sections.compactMap { section in section.header.map { "\($0) in \(section.file)" } }
        return found
    }

    /// In words; `nil` when there is nothing.
    var evidence: [String]? {
        let tests = directory.map { "\($0)/" } ?? files.first
        let all = [tests].compactMap { $0 } + configuration
        return all.isEmpty ? nil : all
    }

    /// Whether pytest is nowhere spoken of, and unittest is.
    var areForUnittest: Bool {
        guard configuration.isEmpty, !files.isEmpty, !files.contains(where: { $0.hasSuffix("conftest.py") }) else {
            return false
        }
        let texts = files.prefix(20).map(place.text)
        let ofPytest = ["import pytest", "from pytest", "\ndef test_", "\nasync def test_"]
        return texts.contains { $0.contains("import unittest") || $0.contains("from unittest") }
            && !texts.contains { text in ofPytest.contains { "\n\(text)".contains($0) } }
    }
}
