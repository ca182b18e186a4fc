/// What Python runs first: it reads the snippet and runs it as `__main__`, as the prompt of Python would.
enum PythonPrelude {
    /// For Python 3.8 and later.
    ///
    /// The value of a last expression is given to `sys.displayhook`, which prints it unless it is None. A traceback begins
    /// with the snippet's own first frame, and its lines are found in `linecache`. What the workspace calls `ast.py` does
    /// not take the place of the library's own here.
    static let text = """
        import sys
        sys.path.remove("")
        import ast, linecache, traceback, types
        sys.path.insert(0, "")

        def compiled(text, name):
            tree = ast.parse(text, name)
            last = tree.body[-1] if tree.body else None
            if isinstance(last, ast.Expr):
                shown = ast.parse("__import__('sys').displayhook(0)").body[0].value
                for node in ast.walk(shown):
                    ast.copy_location(node, last.value)
                shown.args = [last.value]
                last.value = shown
            return compile(tree, name, "exec", dont_inherit=True)

        def run(name):
            text = sys.stdin.buffer.read().decode("utf-8")
            linecache.cache[name] = (len(text), None, text.splitlines(True), name)
            module = sys.modules["__main__"] = types.ModuleType("__main__")
            try:
                exec(compiled(text, name), module.__dict__)
            except SystemExit:
                raise
            except BaseException as error:
                trace = error.__traceback__
                while trace is not None and trace.tb_frame.f_code.co_filename != name:
                    trace = trace.tb_next
                hook = sys.excepthook
                (traceback.print_exception if hook is sys.__excepthook__ else hook)(type(error), error, trace)
                sys.exit(1)

        run("<snippet>")
        """
}
