import Testing

@testable import WorkspaceKit

/// Which changes of a configuration file concern a word. The readers are pytest's for INI files, and TOML.
@Suite struct SectionTests {
    private func isTouched(_ old: String, _ new: String) -> Bool {
        SectionText(Array(old.utf8), word: "pytest") != SectionText(Array(new.utf8), word: "pytest")
    }

    private static let toml = """
        [project]
        name = "calc"
        description = \"\"\"
        [not a header]
        \"\"\"

        [tool.black]
        extend-exclude = '''
        [x]
        '''
        line-length = 100

        [tool.pytest.ini_options]
        addopts = "-q"

        [tool.ruff]
        select = ["E"]

        """

    private static let ini = "[metadata]\nname = calc\n\n[tool:pytest]\naddopts =\n    -q\n\n[flake8]\nmax = 100\n"

    @Test(arguments: [
        ("name = \"calc\"", "name = \"other\""), ("line-length = 100", "line-length = 120"),
        ("select = [\"E\"]", "select = [\n    \"E\",\n    \"F\",\n]"), ("[not a header]", "[neither]"),
        ("[tool.ruff]", "[tool.coverage.run]\nbranch = true\n\n[tool.ruff]"),
        ("[project]", "[project]\nx = \"a\\\\b\""),
    ])
    func otherPartsMayChange(old: String, new: String) {
        #expect(!isTouched(Self.toml, Self.toml.replacing(old, with: new)))
    }

    @Test(arguments: [
        ("addopts = \"-q\"", "addopts = \"-k x\""), ("addopts = \"-q\"", "addopts = \"-q\"\ntestpaths = []"),
        ("[tool.pytest.ini_options]", "[tool.nothing]"), ("[tool.ruff]\n", "[tool.ruff]\npytest = 1\n"),
        ("[tool.ruff]\n", ""), ("[project]\n", "[\"tool\".\"py\\u0074est\".\"ini_options\"]\naddopts = 1\n[project]\n"),
        ("[project]\n", "[tool]\n\"py\\u0074est\".ini_options.addopts = \"-k x\"\n[project]\n"),
        ("[project]\n", "tool.pytest.ini_options.addopts = [\n[],\n\"x\"\n]\n[project]\n"),
        ("[project]\n", "[tool]\n'pytest' = { ini_options = { addopts = \"-k x\" } }\n[project]\n"),
        ("addopts = \"-q\"\n", "addopts = \"-q\"\n  [x]\n-p evil\n"),
        ("addopts = \"-q\"\n", "addopts = \"-q\"\n[\"x\"]\ny = 1\n"),
        ("addopts = \"-q\"", "addopts = \"\"\"\n[x]\n-p evil\"\"\""),
        ("addopts = \"-q\"", "addopts = \"-q\" # \u{301}"),
        ("[tool.ruff]", "[tool.ruff] # pytest"), ("\"calc\"", "\"calc\" # PyTest"),
    ])
    func whatConcernsTheWordIsSeen(old: String, new: String) {
        #expect(Self.toml.contains(old))
        #expect(isTouched(Self.toml, Self.toml.replacing(old, with: new)))
    }

    @Test(arguments: [
        ("    -q\n", "    -q\n    [x]\n    -p evil\n"), ("    -q\n", "    -q\n[x\n-p evil\n"),
        ("    -q\n", "    -q\n [x]\n -p y\n"),
        ("[flake8]\n", "[flake8]\n[DEFAULT]\naddopts = -p evil\n"),
        ("name = calc\n", "name = don't\r[tool:pytest]\rx = 1\n"),
        ("name = calc\n", "name = \"\"\"\n[tool:pytest]\n\"\"\"\naddopts = x\n"), ("[tool:pytest]", "[TOOL:PYTEST]"),
        ("name = calc\n", "name = [\n\n[tool:pytest]\naddopts = x\n"), ("-q", "-q\u{0}"), ("calc", "calc\u{0}"),
    ])
    func noReaderOfIniFilesIsFooled(old: String, new: String) {
        #expect(Self.ini.contains(old))
        #expect(isTouched(Self.ini, Self.ini.replacing(old, with: new)))
    }

    @Test(arguments: [
        ("name = calc", "name = don't"), ("max = 100", "max = 120\n# it's \"longer\""), ("calc", "[calc]"),
    ])
    func otherPartsOfIniFilesMayChange(old: String, new: String) {
        #expect(!isTouched(Self.ini, Self.ini.replacing(old, with: new)))
    }

    @Test func charactersThatAreEqualAsTextAreNotTheSame() {
        #expect(isTouched("[pytest]\nk = \u{E9}\n", "[pytest]\nk = e\u{301}\n"))
    }
}
