/// What looks out, in a program that runs Python's tests, for code under test that reaches for what judges it.
///
/// Each find is a record `{"breach": KIND, "file": PATH, "line": 3, "what": NAME, "text": LINES}`; see ``Breach``.
enum PythonGuards {
    /// A part of such a program, in this order. It reads `note`, `tree`, the judged directory, and `protected`, a regular
    /// expression for the paths in it that belong to the judge.
    static let source = [files, PythonImports.source, PythonComparisons.source, parts].joined(separator: "\n\n")

    /// A regular expression that matches what patterns of paths match: `**`, `*`, and all else for itself.
    static func expression(for patterns: [String]) -> String {
        patterns.map { pattern in
            let plain = pattern.reduce(into: "") {
                $0 += $1.isLetter || $1.isNumber || "_/*".contains($1) ? "\($1)" : "\\\($1)"
            }
            let deep = plain.replacing("**/", with: "(?:.\u{0}/)?").replacing("**", with: ".\u{0}")
            return deep.replacing("*", with: "[^/]*").replacing("\u{0}", with: "*")
        }.joined(separator: "|")
    }

    private static let files = #"""
        # The files of the tree that are no tests, and what is told of them: once each.
        class Judged:
            def __init__(self):
                self.told, self.places = {}, {}
                self.roots = tuple({tree + os.sep, os.path.realpath(tree) + os.sep})

            # The path of such a file, relative to the tree; None for any other.
            def place(self, path):
                if path not in self.places:
                    root = next((root for root in self.roots if path.startswith(root)), None)
                    name = path[len(root):] if root else None
                    mine = name and "/site-packages/" not in path and not protected.fullmatch(name)
                    self.places[path] = name if mine else None
                return self.places[path]

            # A file that turns out to hold tests.
            def spare(self, path):
                self.places[str(path)] = None

            def tell(self, breach, path, line, what, last=None):
                self.told.setdefault((breach, path, line, what), last or line)

            def end(self):
                for (breach, path, line, what), last in self.told.items():
                    if self.place(path):
                        text = "".join(self.lines(path)[line - 1:last]).strip()
                        note(breach=breach, file=self.place(path), line=line, what=what, text=text)

            def lines(self, path, opening=open):
                try:
                    with opening(path, encoding="utf-8", errors="replace") as file:
                        return file.readlines()
                except Exception:
                    return []

        judged, loaded = Judged(), sys.modules

        def file_of(module):
            path = getattr(module, "__file__", None)
            return path if isinstance(path, str) and judged.place(path) else None

        # Whether nothing of the project is loaded yet.
        def is_alone():
            return not any(file_of(module) for module in list(loaded.values()))
        """#

    /// Looks at the end whether what judges is what it was before anything of the project was loaded.
    private static let parts = #"""
        import builtins, json

        class Parts:
            # Replaced by programs for good reasons, and nothing is judged by them.
            spared = {"print", "open", "input", "exit", "quit", "help", "_", "copyright", "credits", "license"}

            def __init__(self, own):
                self.own = own + [(sys, "exit"), (os, "_exit"), (os, "write"), (json, "dumps")]
                self.own += [(builtins, name) for name in vars(builtins) if name not in self.spared]
                self.remember()

            # Once more, when plugins have been loaded, as long as nothing of the project is.
            def remember(self):
                if is_alone():
                    self.known = [(owner, name, vars(owner).get(name)) for owner, name in self.own]

            def check(self):
                for owner, name, part in self.known:
                    if vars(owner).get(name) is not part:
                        group = f"{owner.__module__}.{owner.__qualname__}" if isinstance(owner, type) else owner.__name__
                        note(breach="replaced", what=f"{group}.{name}")
        """#
}
