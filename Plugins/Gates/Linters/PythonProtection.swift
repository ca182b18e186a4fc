/// What stands in for the tools of a Python project when it is put into the project.
enum PythonProtection {
    static let patterns = [".venv/**", "venv/**", "**/sitecustomize.py", "**/usercustomize.py", "**/*.pth"]
}
