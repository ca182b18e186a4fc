/// The Python program that starts pytest.
///
/// `python -m pytest` puts the workspace first on the module path, so a file `pytest.py`, `random.py` or `xml/` there
/// becomes part of the judge. This program is run by `python -I -c`, which reads no `PYTHON*` variable, no user site
/// and no `sitecustomize.py` of the workspace; it loads pytest and all that pytest loads late while the workspace is
/// out of reach, and only then puts it on the path: after the standard library, so that it never shadows that, and
/// before installed packages, so that an older installed copy of the project never shadows the workspace.
enum PytestBootstrap {
    /// Below the scratch directory: the node ids of the tests that were started, each ended by a NUL. Its being there
    /// says that pytest was loaded.
    static let ledger = "started"
    /// Below the scratch directory: there when the interpreter has no pytest.
    static let absent = "absent"
    /// The JUnit property that holds a test's node id, which classname and name only hold in part.
    static let property = "sluice.node_id"

    /// Arguments: the scratch directory, the project, then those of pytest.
    static let source = """
        import importlib, os, pkgutil, sys
        scratch, project, *arguments = sys.argv[1:]
        tree = os.getcwd()

        def mark(name):
            open(os.path.join(scratch, name), "wb").close()

        try:
            import pytest
        except ModuleNotFoundError as error:
            if error.name != "pytest":
                raise
            mark("\(absent)")
            sys.exit(1)

        import _pytest

        # What pytest's modules import at their top, and what they and their imports import late.
        late = ["\(lateImports.joined(separator: "\", \""))"]
        for name in [f"_pytest.{module.name}" for module in pkgutil.iter_modules(_pytest.__path__)] + late:
            try:
                importlib.import_module(name)
            except ImportError:
                pass

        \(PythonPath.source)
        offer(tree)

        class Watch:
            started = open(os.path.join(scratch, "\(ledger)"), "ab", buffering=0)

            def pytest_runtest_logstart(self, nodeid):
                self.started.write(str(nodeid).encode("utf-8", "backslashreplace") + b"\\0")

            @pytest.hookimpl(tryfirst=True)
            def pytest_runtest_logreport(self, report):
                report.user_properties.append(("\(property)", str(report.nodeid)))

        sys.argv = ["pytest", *arguments]
        sys.exit(pytest.main(arguments, plugins=[Watch()]))
        """

    /// What pytest, or a part of the standard library that it uses, imports while tests run. Those an interpreter does
    /// not have are passed over.
    private static let lateImports = [
        "_strptime", "_threading_local", "asyncio", "doctest", "exceptiongroup", "faulthandler", "getopt", "getpass",
        "grp", "importlib.metadata", "importlib.readers", "packaging.requirements", "packaging.specifiers",
        "packaging.version", "pdb", "pickle", "pwd", "py_compile", "pydoc", "random", "tarfile", "tomllib",
        "tracemalloc", "typing_extensions", "unittest.async_case", "unittest.mock", "urllib.request",
        "xml.etree.ElementTree", "xml.sax.saxutils", "zipfile",
    ]
}
