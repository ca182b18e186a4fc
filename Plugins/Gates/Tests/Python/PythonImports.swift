/// Looks out for code under test that imports what judges it, and keeps that from importing code under test.
///
/// pytest puts the directories of tests first on the module path, so that a `pickle.py` there would become a part of the
/// judge the moment that pytest, or something that it uses, imports it. What stands outside of the tree gets the modules of
/// the standard library, and those that pytest is made of, from where they were before there was a project.
enum PythonImports {
    /// A part of ``PythonGuards``.
    static let source = #"""
        import _thread, ast, builtins, importlib.machinery, re

        JUDGES = ("pytest", "_pytest", "pluggy", "unittest", "test.support")
        TOPS = {name.partition(".")[0] for name in JUDGES}

        def judges(name):
            return isinstance(name, str) and any(name == judge or name.startswith(judge + ".") for judge in JUDGES)

        # A finder for imports by what stands outside of the tree, thread by thread.
        class Outside(_thread._local):
            depth = 0
            library = [name.partition(".")[0] for name in os.listdir(os.path.dirname(os.__file__))]  # before Python 3.10
            names = set(getattr(sys, "stdlib_module_names", library)) | {
                "_pytest", "exceptiongroup", "iniconfig", "packaging", "pluggy", "pygments", "pytest", "tomli", "typing_extensions",
            }
            places = list(sys.path)

            def find_spec(self, name, path=None, target=None, find=importlib.machinery.PathFinder.find_spec):
                return find(name, self.places) if path is None and self.depth and name in self.names else None

        # As it comes to pass, with names that were put together; frames of here are left out of tracebacks.
        def watch_imports(real=builtins.__import__, real_module=importlib.import_module, frame=sys._getframe):
            outside, inside = Outside(), judged.roots
            names, modules, places = outside.names, sys.modules, judged.places
            sys.meta_path.insert(0, outside)

            # Whether an import is one that the finder above is for.
            def is_ours(name, path):
                top = name.partition(".")[0]
                return top in names and top not in modules and not (isinstance(path, str) and path.startswith(inside))

            def look(name, caller):
                path = caller.f_code.co_filename
                if judges(name) and judged.place(path):
                    judged.tell("import", path, caller.f_lineno, name)

            def __import__(name, globals=None, locals=None, fromlist=(), level=0):
                __tracebackhide__ = True
                if level == 0 and not is_repeated(name, frame(1).f_code.co_filename):
                    if name.partition(".")[0] in TOPS:
                        look(name, frame(1))
                    if is_ours(name, (globals or {}).get("__file__")):
                        return pinned(real, name, globals, locals, fromlist, level)
                return real(name, globals, locals, fromlist, level)

            # What stands outside of the tree may have what is there already, and asks for it in functions, again and again.
            def is_repeated(name, path):
                return name in modules and (places[path] if path in places else judged.place(path)) is None

            def pinned(load, name, *others):
                __tracebackhide__ = True
                outside.depth += 1
                try:
                    return load(name, *others)
                finally:
                    outside.depth -= 1

            def import_module(name, package=None):
                __tracebackhide__ = True
                look(name, frame(1))
                if package is None and is_ours(name, frame(1).f_globals.get("__file__")):
                    return pinned(real_module, name)
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
