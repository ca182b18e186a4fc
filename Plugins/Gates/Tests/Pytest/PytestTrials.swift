/// Tests that must fail, run among those of the project: one that does not says that pytest judges otherwise than it did.
///
/// Each stands in the place of a test that is there, under its name, and goes through the hands of all that judge it. No
/// report of it reaches the terminal, the counts or the plugins of the project's own conftest.py files. What became of
/// it is a record `{"trial": "failed"}`.
enum PytestTrials {
    /// A part of ``PytestBootstrap``.
    static let source = #"""
        from _pytest.runner import runtestprotocol

        PARTS = [
            (_pytest.runner, "CallInfo"), (_pytest.runner, "TestReport"), (_pytest.runner, "runtestprotocol"),
            (_pytest.runner, "call_and_report"), (_pytest.runner, "pytest_runtest_protocol"),
            (_pytest.runner, "pytest_runtest_call"), (_pytest.runner, "pytest_runtest_makereport"),
            (_pytest.runner.CallInfo, "__init__"), (_pytest.runner.CallInfo, "from_call"),
            (_pytest.reports.TestReport, "__init__"), (_pytest.reports.TestReport, "from_item_and_call"),
            (_pytest.skipping, "pytest_runtest_makereport"), (_pytest.python, "pytest_pyfunc_call"),
            (_pytest.python.Function, "runtest"), (pytest, "raises"), (pytest, "approx"),
        ] + [(unittest.TestCase, name) for name in vars(unittest.TestCase) if name.startswith(("assert", "fail", "run"))]

        # A failing test as pytest.Function makes one; the name tells nobody.
        class Twin(pytest.Function):
            @property
            def ihook(self):
                return Hooks(self.session.config.pluginmanager)

            # Nobody reads it, and the source of what stands in no file is looked for in every module.
            def repr_failure(self, excinfo, style=None):
                return "It failed."

        Twin.__name__, Twin.__qualname__, Twin.__module__ = "Function", "Function", "_pytest.python"

        class Hooks:
            def __init__(self, manager):
                own = [plugin for plugin in manager.get_plugins() if hasattr(plugin, "__file__")]
                self.manager = manager
                self.own = [plugin for plugin in own if os.path.basename(plugin.__file__ or "") == "conftest.py"]

            def __getattr__(self, name):
                if name == "pytest_exception_interact":
                    return lambda **words: None
                return self.manager.subset_hook_caller(name, remove_plugins=self.own)

        def must_fail():
            assert not object()

        class Trials:
            def __init__(self, session):
                plain = [item for item in session.items if isinstance(item, pytest.Function)]
                count, chance = len(plain), int.from_bytes(os.urandom(4), "big")
                picked = [plain[(chance + step) % count] for step in range(min(20, count))]
                self.chosen = next((item for item in picked if not self.may_be_left_out(item)), None)
                self.name = self.chosen.nodeid if self.chosen else None

            # A twin of it would be skipped too, or be expected to fail.
            def may_be_left_out(self, item):
                return any(True for name in ("skip", "skipif", "xfail") for _ in item.iter_markers(name))

            # Where all that the twin needs is what the test needs next.
            def before(self, name):
                if name == self.name:
                    self.run(self.chosen, self.chosen.parent, self.chosen)

            # When nothing is set up any more.
            def after(self):
                if self.chosen is not None:
                    self.run(self.chosen, self.chosen.session, None)

            def run(self, item, parent, nextitem):
                try:
                    nothing = type(item._fixtureinfo)((), (), [], {})
                    twin = Twin.from_parent(parent, name=item.name, callobj=must_fail, fixtureinfo=nothing)
                    twin._nodeid, twin.__dict__["location"] = item.nodeid, item.location
                    for report in runtestprotocol(twin, log=False, nextitem=nextitem):
                        if report.when == "call":
                            note(trial=str(report.outcome))
                except Exception as error:
                    note(trial="untried", message=f"{type(error).__name__}: {error}")
        """#
}
