/// What a program that runs tests puts on Python's module path, once its own modules are loaded.
enum PythonPath {
    /// A part of such a program; it reads `project` and `tree`, the directories that the project has on this machine and
    /// that is judged.
    static let source = """
        # An editable install points at the project; the tree that is judged stands for it.
        def moved(path):
            real, root = os.path.realpath(path), os.path.realpath(project)
            outside = real != root and not real.startswith(root + os.sep)
            if outside or (real + os.sep).startswith(os.path.realpath(sys.prefix) + os.sep):
                return path
            return os.path.normpath(os.path.join(tree, os.path.relpath(real, root)))

        sys.path[:] = [moved(path) for path in sys.path]
        for name, module in list(sys.modules.items()):
            if name.startswith("__editable__"):
                mapping = getattr(module, "MAPPING", {})
                mapping.update({key: moved(path) for key, path in mapping.items()})
                spaces = getattr(module, "NAMESPACES", {})
                spaces.update({key: [moved(path) for path in paths] for key, paths in spaces.items()})

        # Behind the standard library, before installed packages.
        def offer(directory):
            installed = [path for path in sys.path if os.path.basename(path) in ("site-packages", "dist-packages")]
            sys.path.insert(sys.path.index(installed[0]) if installed else len(sys.path), directory)
        """
}
