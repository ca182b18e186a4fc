import FoundationEssentials
import Glibc

/// The person's own editor, at the terminal.
struct TextEditor: Sendable {
    private let program: String

    /// - Throws: a mistake in how the command was called, where there is no terminal or no editor is named.
    init(_ environment: [String: String]) throws(CommandError) {
        guard isatty(STDIN_FILENO) == 1, isatty(STDOUT_FILENO) == 1 else {
            throw .usage("An editor needs a terminal. Elsewhere say '--arguments JSON'.")
        }
        guard let program = environment["VISUAL"] ?? environment["EDITOR"], !program.isEmpty else {
            throw .usage("No editor is set. Say in $VISUAL or $EDITOR which is to be started.")
        }
        self.program = program
    }

    /// Has the person change a text, in a file that nobody else may read.
    ///
    /// - Throws: what the system says, and an editor that ended otherwise than well.
    func edit(_ text: String, named name: String) async throws(CommandError) -> String {
        let directory = try TemporaryDirectory(in: TemporaryDirectory.parent, prefix: "sluice-edit-")
        let path = "\(directory.path)/\(name)"
        do {
            try Data(text.utf8).write(to: URL(filePath: path))
            // The editor is a command line as it is everywhere else; the path is one of ours, and has no quotes.
            guard system("\(program) '\(path)'") == 0 else {
                throw CommandError.usage("'\(program)' did not end well; nothing was answered.")
            }
            return String(decoding: try Data(contentsOf: URL(filePath: path)), as: UTF8.self)
        } catch let error as CommandError {
            throw error
        } catch {
            throw .usage("The file to edit cannot be used: \(error)")
        }
    }
}
