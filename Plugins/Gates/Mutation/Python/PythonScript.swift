/// The program by which Python itself tells what can be mutated in sources.
enum PythonScript {
    /// Reads `{"files": [{"text": ..., "lines": [...]}]}`, parses the texts and runs nothing of them, and writes
    /// `{"files": [{"changes": [{"start", "end", "new", "kind"}], "problem": null}]}`; offsets are of bytes of UTF-8.
    ///
    /// Left as they are: texts, annotations, decorators, imports, what only a program's start or a type checker reaches,
    /// and what is printed or logged. A change that is no program, or the same one, is not told.
    static let text = #"""
        import ast, io, json, sys, tokenize, warnings

        COMPARISONS = {
            ast.Eq: ("==", "!="), ast.NotEq: ("!=", "=="), ast.Lt: ("<", "<="), ast.LtE: ("<=", "<"),
            ast.Gt: (">", ">="), ast.GtE: (">=", ">"), ast.Is: ("is", "is not"), ast.IsNot: ("is not", "is"),
            ast.In: ("in", "not in"), ast.NotIn: ("not in", "in"),
        }
        OPERATORS = {
            ast.Add: ("+", "-"), ast.Sub: ("-", "+"), ast.Mult: ("*", "/"), ast.Div: ("/", "*"),
            ast.FloorDiv: ("//", "*"), ast.Mod: ("%", "*"), ast.Pow: ("**", "*"), ast.LShift: ("<<", ">>"),
            ast.RShift: (">>", "<<"), ast.BitAnd: ("&", "|"), ast.BitOr: ("|", "&"), ast.BitXor: ("^", "&"),
        }
        SILENT = {"print", "log", "logger", "logging", "warnings"}
        UNTOUCHED = {"annotation", "returns", "type_params", "decorator_list"}
        TEXTS = tuple(getattr(ast, name) for name in ("JoinedStr", "TemplateStr") if hasattr(ast, name))


        class Finder(ast.NodeVisitor):
            def __init__(self, text, lines):
                self.lines = lines
                self.starts = [0]
                self.rows = text.split("\n")
                for row in self.rows:
                    self.starts.append(self.starts[-1] + len(row.encode()) + 1)
                self.data = text.encode()
                self.changes = []
                self.tokens = []
                for token in tokenize.generate_tokens(io.StringIO(text).readline):
                    if token.type in (tokenize.OP, tokenize.NAME):
                        self.tokens.append((self.place(token.start), self.place(token.end), token.string))

            def place(self, spot):
                row, column = spot
                return self.starts[row - 1] + len(self.rows[row - 1][:column].encode())

            def start(self, node):
                return self.starts[node.lineno - 1] + node.col_offset

            def end(self, node):
                return self.starts[node.end_lineno - 1] + node.end_col_offset

            def add(self, start, end, new, kind):
                if self.data[:start].count(b"\n") + 1 in self.lines:
                    self.changes.append({"start": start, "end": end, "new": new, "kind": kind})

            def swap(self, start, end, words, new, kind):
                words = words.split()
                near = [token for token in self.tokens if start <= token[0] and token[1] <= end]
                for index in range(len(near) - len(words) + 1):
                    found = near[index:index + len(words)]
                    if [token[2] for token in found] == words:
                        return self.add(found[0][0], found[-1][1], new, kind)

            def generic_visit(self, node):
                if isinstance(node, TEXTS):
                    return
                for field, value in ast.iter_fields(node):
                    if field in UNTOUCHED:
                        continue
                    for child in value if isinstance(value, list) else [value]:
                        if isinstance(child, ast.AST):
                            self.visit(child)

            def visit_If(self, node):
                names = {name.id for name in ast.walk(node.test) if isinstance(name, ast.Name)}
                if not names & {"__name__", "TYPE_CHECKING"}:
                    self.generic_visit(node)

            def visit_Assign(self, node):
                names = [target.id for target in node.targets if isinstance(target, ast.Name)]
                if len(names) == len(node.targets) and all(name.startswith("__") for name in names):
                    return
                if all(isinstance(target, (ast.Attribute, ast.Subscript)) for target in node.targets):
                    self.remove(node)
                self.generic_visit(node)

            def visit_Compare(self, node):
                sides = [node.left] + node.comparators
                for index, operator in enumerate(node.ops):
                    words, new = COMPARISONS[type(operator)]
                    self.swap(self.end(sides[index]), self.start(sides[index + 1]), words, new, "comparison")
                self.generic_visit(node)

            def visit_BinOp(self, node):
                sides = (node.left, node.right)
                joins = any(isinstance(s, TEXTS) or isinstance(s, ast.Constant) and isinstance(s.value, (str, bytes))
                            for s in sides)
                if type(node.op) in OPERATORS and not joins:
                    words, new = OPERATORS[type(node.op)]
                    self.swap(self.end(node.left), self.start(node.right), words, new, "arithmetic")
                self.generic_visit(node)

            def visit_AugAssign(self, node):
                if type(node.op) in OPERATORS and not isinstance(node.value, TEXTS):
                    words, new = OPERATORS[type(node.op)]
                    self.swap(self.end(node.target), self.start(node.value), words + "=", new + "=", "arithmetic")
                self.generic_visit(node)

            def visit_BoolOp(self, node):
                words, new = ("and", "or") if isinstance(node.op, ast.And) else ("or", "and")
                for left, right in zip(node.values, node.values[1:]):
                    self.swap(self.end(left), self.start(right), words, new, "logic")
                self.generic_visit(node)

            def visit_UnaryOp(self, node):
                start = self.start(node)
                if isinstance(node.op, ast.Not):
                    end = start + 3
                    while self.data[end:end + 1] in (b" ", b"\t"):
                        end += 1
                    self.add(start, end, "", "logic")
                elif isinstance(node.op, ast.USub) and not isinstance(node.operand, ast.Constant):
                    self.add(start, start + 1, "+", "arithmetic")
                self.generic_visit(node)

            def visit_Constant(self, node):
                value = node.value
                if isinstance(value, bool):
                    new = str(not value)
                elif isinstance(value, int) and value < 10 ** 18:
                    new = str(value + 1)
                elif isinstance(value, float) and value < 1e15:
                    new = repr(value + 1)
                else:
                    return
                self.add(self.start(node), self.end(node), new, "constant")

            def visit_Return(self, node):
                value = node.value
                plain = isinstance(value, ast.Constant) and (value.value is None or not isinstance(value.value, (str, bytes)))
                if value is not None and not plain:
                    self.add(self.start(value), self.end(value), "None", "return value")
                self.generic_visit(node)

            def remove(self, node):
                self.add(self.start(node), self.end(node), "pass", "statement")

            def visit_Raise(self, node):
                self.remove(node)
                self.generic_visit(node)

            def visit_Delete(self, node):
                self.remove(node)

            def visit_Expr(self, node):
                call = node.value.value if isinstance(node.value, ast.Await) else node.value
                if isinstance(call, ast.Call):
                    root = call.func
                    while isinstance(root, ast.Attribute):
                        root = root.value
                    if isinstance(root, ast.Name) and root.id in SILENT:
                        return
                    self.remove(node)
                self.generic_visit(node)

            def visit_Break(self, node):
                self.add(self.start(node), self.end(node), "continue", "loop")

            def visit_Continue(self, node):
                self.add(self.start(node), self.end(node), "break", "loop")


        def is_other(change, data, tree):
            data = data[:change["start"]] + change["new"].encode() + data[change["end"]:]
            try:
                compile(data, "mutant", "exec", dont_inherit=True)
                return ast.dump(ast.parse(data)) != tree
            except SyntaxError:
                return False


        def look(text, lines):
            tree = ast.parse(text)
            finder = Finder(text, set(lines))
            finder.visit(tree)
            shape = ast.dump(tree)
            changes = sorted(finder.changes, key=lambda change: (change["start"], change["end"], change["new"]))
            return [change for change in changes[:2000] if is_other(change, finder.data, shape)]


        warnings.simplefilter("ignore")
        answer = []
        for file in json.load(sys.stdin.buffer)["files"]:
            try:
                answer.append({"changes": look(file["text"], file["lines"]), "problem": None})
            except (SyntaxError, ValueError, IndexError, tokenize.TokenError) as error:
                answer.append({"changes": [], "problem": str(error)})
            except (RecursionError, MemoryError):
                answer.append({"changes": [], "problem": "it is nested too deeply"})
        json.dump({"files": answer}, sys.stdout)
        """#
}
