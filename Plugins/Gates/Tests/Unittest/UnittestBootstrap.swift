/// The Python program that discovers and runs the tests of unittest, and writes down what becomes of each.
///
/// `python -m unittest` puts the workspace first on the module path, so that a file `unittest.py` or `traceback.py` there
/// becomes part of the judge, and its report is text. This program is run by `python -I -c` as ``PytestBootstrap`` is;
/// modules of the workspace come behind the standard library. What it writes down: ``UnittestLedger``.
///
/// Discovery is unittest's own: https://docs.python.org/3/library/unittest.html#test-discovery.
enum UnittestBootstrap {
    /// Arguments: the project, the judged tree, what ``PythonGuards`` calls `protected`, the pattern, then the paths.
    static let source = """
        import fnmatch, glob, importlib.util, os, re, sys, time, traceback, unittest, unittest.loader, unittest.suite
        project, tree, protected, pattern, *paths = sys.argv[1:]
        sys.argv = ["unittest"]
        tree, home, protected = os.path.realpath(tree), os.getcwd(), re.compile(protected)

        \(PythonRecords.source)

        \(PythonGuards.source)

        \(PythonPath.source)
        offer(home)

        \(UnittestTrials.source)

        \(names)

        \(result)

        \(running)
        """

    /// Where things stand, and what they are called.
    private static let names = """
        def shown(path):
            path = os.path.abspath(path)
            return path[len(tree) + 1:] if path.startswith(tree + os.sep) else None

        tops = []

        # Where a module stands that may not be imported.
        def place(name):
            for path in [os.path.join(top, *name.split(".")) for top in tops]:
                for file in (path + ".py", os.path.join(path, "__init__.py")):
                    if os.path.isfile(file):
                        return shown(file)

        def identity(test):
            kind = type(test)
            if kind.__module__ == "unittest.loader":
                file = place(test._testMethodName)
                return {"id": file or test._testMethodName, "file": file, "line": None}
            try:
                source = sys.modules[kind.__module__].__file__
                file = shown(source)
                code = getattr(kind, test._testMethodName)
                code = getattr(code, "__wrapped__", code).__code__
                line = code.co_firstlineno if os.path.abspath(code.co_filename) == os.path.abspath(source) else None
            except Exception:
                file = file if "file" in locals() else None
                line = None
            if file is None:
                return {"id": test.id(), "file": None, "line": None}
            group = kind.__qualname__.replace(".", "::")
            return {"id": f"{file}::{group}::{test._testMethodName}", "file": file, "line": line}

        def frames(error):
            found, trace = [], error[2]
            while trace is not None:
                if "__unittest" not in trace.tb_frame.f_globals and trace.tb_frame.f_code.co_filename != "<string>":
                    found.append((trace.tb_frame.f_code, trace.tb_lineno))
                trace = trace.tb_next
            return found

        # As pytest's --tb=short.
        def words(error):
            text, lines = "", traceback.TracebackException(*error)
            if lines.__cause__ is not None:
                text = "".join(lines.__cause__.format_exception_only()) + "which led to\\n"
            for (code, number) in frames(error):
                source = traceback.linecache.getline(code.co_filename, number).strip()
                text += f"{shown(code.co_filename) or code.co_filename}:{number}: in {code.co_name}\\n"
                text += f"    {source}\\n" if source else ""
            return (text + "".join(lines.format_exception_only())).replace(tree + os.sep, "").rstrip()
        """

    /// The result that unittest reports to.
    private static let result = """
        RANK = ["passed", "skipped", "error", "failed"]

        class Result(unittest.TestResult):
            about, outcome, messages, line, since = None, None, [], None, 0

            def startTest(self, test):
                super().startTest(test)
                if id(test) == chosen:
                    try_out()
                self.about = identities.get(id(test)) or identity(test)
                self.outcome, self.messages, self.line = None, [], None
                note(start=self.about["id"])
                self.since = time.perf_counter()

            def stopTest(self, test):
                seconds = time.perf_counter() - self.since
                super().stopTest(test)
                # One that was interrupted has none.
                if self.outcome is not None:
                    self.end(self.about, self.outcome, "\\n".join(self.messages), self.line, seconds)
                self.about = None
                comparisons.look()

            def end(self, about, outcome, message, line=None, seconds=None):
                ended.add(about["id"])
                self.bad = getattr(self, "bad", False) or outcome in ("failed", "error")
                place = {"file": about["file"], "line": line or about["line"]}
                note(later=outcome == "passed", end=about["id"], outcome=outcome, message=message, seconds=seconds, **place)

            def take(self, outcome, message, line=None):
                if RANK.index(outcome) < RANK.index(self.outcome or "passed"):
                    return
                if outcome != self.outcome:
                    self.outcome, self.messages, self.line = outcome, [], None
                self.messages.append(message)
                self.line = self.line or line

            def broke(self, test, error, about=""):
                if isinstance(test, unittest.suite._ErrorHolder):
                    return self.fixture(test, "error", words(error))
                if type(test).__name__ == "_FailedTest":
                    # Its text is the traceback of the import, below a line with the module's name.
                    return self.take("error", str(error[1]).partition("\\n")[2].replace(tree + os.sep, "").rstrip())
                inside = [number for code, number in frames(error) if code.co_name == test._testMethodName]
                own = [number for code, number in frames(error) if shown(code.co_filename) == self.about["file"]]
                self.take("failed" if inside else "error", about + words(error), own[-1] if own else None)

            def addSuccess(self, test):
                self.outcome = self.outcome or "passed"

            def addError(self, test, error):
                self.broke(test, error)

            def addFailure(self, test, error):
                self.broke(test, error)

            def addSubTest(self, test, part, error):
                if error is not None:
                    self.broke(test, error, f"{part._subDescription()}\\n")

            def addSkip(self, test, reason):
                if isinstance(test, unittest.suite._ErrorHolder):
                    return self.fixture(test, "skipped", reason)
                self.take("skipped", str(reason))

            def addExpectedFailure(self, test, error):
                said = words(error).splitlines()
                self.take("skipped", f"It is expected to fail: {said[-1] if said else ''}")

            def addUnexpectedSuccess(self, test):
                self.take("failed", "It is expected to fail, but passed.")

            # What is done once for a class or a module: the tests that it was for do not run.
            def fixture(self, holder, outcome, message):
                what, _, owner = holder.description.rstrip(")").partition(" (")
                tests = [test for test in planned if owner in (test["class"], test["module"])]
                left = [test for test in tests if test["id"] not in ended] if what.startswith("setUp") else []
                for test in left:
                    self.end(test, outcome, f"{what}\\n{message}" if outcome == "error" else message)
                if not left:
                    file = tests[0]["file"] if tests else None
                    group = (tests[0]["id"].rpartition("::")[0] if tests and tests[0]["class"] == owner else file)
                    self.end({"id": f"{group or owner}::{what}", "file": file, "line": None}, outcome, message)
        """

    /// Finds the tests, then runs them.
    private static let running = """
        class Loader(unittest.TestLoader):
            def _get_module_from_name(self, name):
                note(load=place(name) or name)
                return super()._get_module_from_name(name)

        # The standard library has a package `test` of its own, that nobody means here.
        class Test:
            @staticmethod
            def find_spec(name, path=None, target=None):
                file = os.path.join(home, "test", "__init__.py")
                if name == "test" and os.path.isfile(file):
                    return importlib.util.spec_from_file_location(
                        name, file, submodule_search_locations=[os.path.dirname(file)]
                    )

        sys.meta_path.insert(0, Test)

        def found(path):
            path = os.path.abspath(path)
            only = glob.escape(os.path.basename(path)) if os.path.isfile(path) else None
            start = os.path.dirname(path) if only else path
            top = start
            while top != home and os.path.isfile(os.path.join(top, "__init__.py")):
                top = os.path.dirname(top)
            offer(top)
            tops.insert(0, top)
            return Loader().discover(start, only or pattern, top)

        def each(suite):
            for test in suite:
                if isinstance(test, unittest.BaseTestSuite):
                    yield from each(test)
                else:
                    yield test

        note(ready=True)
        watch_imports()
        parts.remember()
        result, suite, ended, planned, identities = Result(), unittest.TestSuite(), set(), [], {}
        for path in paths or ["."]:
            try:
                suite.addTest(found(path))
            except Exception as error:
                told = words(sys.exc_info()).replace(home + os.sep, "")
                result.end({"id": path, "file": None, "line": None}, "error", told)
        tests = list(each(suite))
        for test in tests:
            about = identities[id(test)] = identity(test)
            kind = type(test)
            if about["file"]:
                judged.spare(os.path.join(tree, about["file"]))
            planned.append({**about, "class": f"{kind.__module__}.{kind.__qualname__}", "module": kind.__module__})
            note(plan=about["id"], file=about["file"], line=about["line"])
        chosen = id(tests[int.from_bytes(os.urandom(4), "big") % len(tests)]) if tests else None
        suite.run(result)
        try_out()
        comparisons.look_at_all()
        read_sources()
        judged.end()
        parts.check()
        note(done=True)
        sys.exit(1 if getattr(result, "bad", False) else 0)
        """
}
