/// Looks out for objects of the code under test that are equal to everything.
enum PythonComparisons {
    /// A part of ``PythonGuards``.
    static let source = #"""
        import dis, gc, operator

        class Stranger:
            __slots__ = ()

        # What a class has, whatever its metaclass says.
        below, order, content = type.__subclasses__, type.__dict__["__mro__"].__get__, type.__dict__["__dict__"].__get__

        class Comparisons:
            parents = (object, int, str, float, bytes, list, tuple, dict, set, frozenset, type, Exception)
            signs = (("__eq__", operator.eq), ("__ne__", lambda one, other: not one != other))

            def __init__(self):
                self.doubtful = {}
                self.know_all()
                gc.callbacks.append(self.before_collection)

            def know_all(self):
                self.newest = [below(parent)[-1:] for parent in self.parents]
                self.seen = {self.key(kind) for kind in self.all()}

            # Once more, when plugins have been loaded, as long as nothing of the project is.
            def remember(self):
                if is_alone():
                    self.know_all()

            def key(self, kind):
                return id(kind), type.__dict__["__name__"].__get__(kind)

            def all(self):
                todo, met = [object], set()
                while todo:
                    for kind in below(todo.pop()):
                        if id(kind) not in met:
                            met.add(id(kind))
                            todo.append(kind)
                            yield kind

            # A class that was made for one answer is collected with it, before the test ends.
            def before_collection(self, phase, info):
                if phase == "start":
                    self.look()

            # After each test: the newest are last in a list of subclasses, and there are few.
            def look(self):
                for index, parent in enumerate(self.parents):
                    kinds = below(parent)
                    if kinds[-1:] != self.newest[index]:
                        self.newest[index] = kinds[-1:]
                        for kind in reversed(kinds):
                            if not self.weigh(kind):
                                break
                if self.doubtful:
                    self.weigh_living(0)

            # At the end.
            def look_at_all(self):
                if self.before_collection in gc.callbacks:
                    gc.callbacks.remove(self.before_collection)
                for kind in self.all():
                    self.weigh(kind)
                if self.doubtful:
                    self.weigh_living()

            # Whether the class is new.
            def weigh(self, kind):
                if self.key(kind) in self.seen:
                    return False
                self.seen.add(self.key(kind))
                for name, sign in self.signs:
                    try:
                        place = self.definition(kind, name)
                        if place and not self.ask(bare(kind), sign, *place):
                            self.doubtful.setdefault(id(kind), (kind, []))[1].append((sign, *place))
                    except Exception:
                        continue
                return True

            # The file and the lines that say when an object of the class is equal, and its name.
            def definition(self, kind, name):
                for each in order(kind):
                    if name not in content(each):
                        continue
                    code = getattr(content(each)[name], "__code__", None)
                    if code is not None and judged.place(code.co_filename):
                        last = max(line or 0 for _, line in dis.findlinestarts(code))
                        return code.co_filename, code.co_firstlineno, last, each.__name__
                    path = file_of(loaded.get(each.__module__))
                    return (path, 1, 1, each.__name__) if path else None

            # Whether it could be told.
            def ask(self, instance, sign, path, first, last, name):
                try:
                    if instance is None:
                        return False
                    if sign(instance, Stranger()):
                        self.tell(path, first, last, name)
                    return True
                except Exception:
                    return False

            def tell(self, path, first, last, name):
                head = re.compile(rf"\s*class\s+{re.escape(name)}\b")
                lines = judged.lines(path)[:first]
                line = next((number for number in range(len(lines), 0, -1) if head.match(lines[number - 1])), first)
                judged.tell("equal", path, line, name, max(last, line))

            # Those that nobody can make without knowing how, as far as they live.
            def weigh_living(self, *generation):
                for instance in gc.get_objects(*generation):
                    for question in self.doubtful.get(id(type(instance)), (None, ()))[1]:
                        self.ask(instance, *question)

        def bare(kind):
            try:
                if issubclass(kind, type):
                    return type.__new__(kind, "Bare", (), {})
                base = next(each for each in order(kind) if each.__module__ == "builtins")
                return base.__new__(kind)
            except Exception:
                return None
        """#
}
