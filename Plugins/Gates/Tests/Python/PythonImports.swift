/// Looks out for code under test that imports what judges it.
enum PythonImports {
    /// A part of ``PythonGuards``.
    static let source = #"""
        import ast, builtins, importlib, re

        JUDGES = ("pytest", "_pytest", "pluggy", "unittest", "test.support")
        TOPS = {name.partition(".")[0] for name in JUDGES}

        def judges(name):
            return isinstance(name, str) and any(name == judge or name.startswith(judge + ".") for judge in JUDGES)

        # As it comes to pass, with names that were put together; frames of here are left out of tracebacks.
        def watch_imports(real=builtins.__import__, real_module=importlib.import_module, frame=sys._getframe):
            def look(name, caller):
                path = caller.f_code.co_filename
                if judges(name) and judged.place(path):
                    judged.tell("import", path, caller.f_lineno, name)

            def __import__(name, globals=None, locals=None, fromlist=(), level=0):
                __tracebackhide__ = True
                if level == 0 and name.partition(".")[0] in TOPS:
                    look(name, frame(1))
                return real(name, globals, locals, fromlist, level)

            def import_module(name, package=None):
                __tracebackhide__ = True
                look(name, frame(1))
                return real_module(name, package)

            builtins.__import__, importlib.import_module = __import__, import_module

        def dotted(node):
            if isinstance(node, ast.Attribute):
                return f"{dotted(node.value)}.{node.attr}"
            return node.id if isinstance(node, ast.Name) else ""

        # The names that a piece of a source asks for.
        def asked(node):
            if isinstance(node, ast.Import):
                return [each.name for each in node.names]
            if isinstance(node, ast.ImportFrom) and node.level == 0:
                return [node.module] + [f"{node.module}.{each.name}" for each in node.names]
            if isinstance(node, ast.Call) and node.args:
                words = dotted(node.func).split(".")
                if words[-1] in ("__import__", "import_module") or words[-2:-1] == ["modules"]:
                    return [getattr(node.args[0], "value", None)]
            if isinstance(node, ast.Subscript) and dotted(node.value).split(".")[-1] == "modules":
                return [getattr(node.slice, "value", None)]
            return []

        # Also what was never reached, in modules that were loaded.
        def read_sources(words=re.compile("pytest|pluggy|unittest|support")):
            for path in {file_of(module) for module in list(loaded.values())} - {None}:
                text = "".join(judged.lines(path))
                try:
                    for node in ast.walk(ast.parse(text)) if words.search(text) else ():
                        for name in [name for name in asked(node) if judges(name)][:1]:
                            judged.tell("import", path, node.lineno, name)
                except Exception:
                    continue
        """#
}
