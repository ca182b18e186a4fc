/// The Python program that starts pytest.
///
/// `python -m pytest` puts the workspace first on the module path, so a file `pytest.py`, `random.py` or `xml/` there
/// becomes part of the judge. This program is run by `python -I -c`, which reads no `PYTHON*` variable, no user site
/// and no `sitecustomize.py` of the workspace; it loads pytest while the workspace is out of reach, and only then puts it on
/// the path: after the standard library, so that it never shadows that, and before installed packages, so that an older
/// installed copy of the project never shadows the workspace. What pytest loads late is kept safe by ``PythonImports``.
///
/// What it writes down: ``PytestLedger``.
enum PytestBootstrap {
    /// Arguments: the project, the judged tree, what ``PythonGuards`` calls `protected`, then those of pytest.
    static let source = """
        # What is loaded now stays to the end; looking through it for garbage, again and again, is a tenth of a short run.
        import gc
        gc.disable()

        import importlib, os, pkgutil, re, sys
        project, tree, protected, *arguments = sys.argv[1:]
        tree, home, protected = os.path.realpath(tree), os.getcwd(), re.compile(protected)

        \(PythonRecords.source)

        try:
            import pytest
        except ModuleNotFoundError as error:
            if error.name != "pytest":
                raise
            note(absent=True)
            sys.exit(1)

        import _pytest, unittest

        for module in pkgutil.iter_modules(_pytest.__path__):
            try:
                importlib.import_module(f"_pytest.{module.name}")
            except ImportError:
                pass

        \(PythonGuards.source)

        \(PythonPath.source)
        offer(home)

        \(PytestTrials.source)

        \(watch)

        watch_imports()
        watch = Watch()
        sys.argv = ["pytest", *arguments]
        note(ready=True)
        status = int(pytest.main(arguments, plugins=[watch]))
        watch.end()
        note(done=status)
        sys.exit(status)
        """

    /// The plugin that hears what happens.
    private static let watch = #"""
        def after(prefix, text):
            return text[len(prefix):] if text.startswith(prefix) else text

        # What a report says of itself; nothing of a test that passed.
        def words(report):
            if report.outcome == "passed":
                return None
            if hasattr(report, "wasxfail"):
                return after("reason: ", str(report.wasxfail))
            if report.outcome == "skipped" and isinstance(report.longrepr, tuple):
                return after("Skipped: ", str(report.longrepr[2]))
            return str(report.longrepr)

        class Watch:
            def __init__(self):
                self.parts, self.comparisons, self.trials = Parts(PARTS), Comparisons(), None
                self.planned, self.seconds = False, {}

            @pytest.hookimpl(tryfirst=True)
            def pytest_load_initial_conftests(self):
                self.parts.remember()
                self.comparisons.remember()
                gc.freeze()
                gc.enable()

            def plan(self, ids):
                self.planned = True
                for start in range(0, len(ids), 100):
                    note(plan=ids[start:start + 100])

            def pytest_collection_finish(self, session):
                self.trials = Trials(session)
                for item in session.items:
                    judged.spare(getattr(item, "path", None) or item.fspath)
                self.plan([str(item.nodeid) for item in session.items])

            # With workers, which all collect the same.
            @pytest.hookimpl(optionalhook=True)
            def pytest_xdist_node_collection_finished(self, node, ids):
                if not self.planned:
                    self.plan([str(each) for each in ids])

            def pytest_collectreport(self, report):
                if report.outcome != "passed":
                    note(collect=str(report.nodeid), outcome=str(report.outcome), message=words(report))

            def pytest_runtest_logstart(self, nodeid):
                if self.trials is not None:
                    self.trials.before(nodeid)
                note(start=str(nodeid))

            @pytest.hookimpl(tryfirst=True)
            def pytest_runtest_logreport(self, report):
                name, when, outcome = str(report.nodeid), str(report.when), str(report.outcome)
                seconds = self.seconds.pop(name, 0) + getattr(report, "duration", 0)
                if outcome == "passed" and when != "call":  # says nothing of the test, and there are many
                    self.seconds[name] = seconds
                    return
                file, line = (report.location or (None, None))[:2]
                note(
                    later=outcome == "passed", phase=when, of=name, outcome=outcome, message=words(report), seconds=seconds, file=file,
                    expected=hasattr(report, "wasxfail") or None, part=hasattr(report, "context") or None,
                    line=None if line is None else line + 1,
                )

            def pytest_runtest_logfinish(self, nodeid):
                note(later=True, finish=str(nodeid), seconds=self.seconds.pop(str(nodeid), None))
                self.comparisons.look()

            @pytest.hookimpl(hookwrapper=True, tryfirst=True)
            def pytest_runtestloop(self):
                yield
                if self.trials is not None:
                    self.trials.after()

            def end(self):
                self.comparisons.look_at_all()
                read_sources()
                judged.end()
                self.parts.check()
        """#
}
