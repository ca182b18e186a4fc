import FoundationEssentials
import PipelineKit
import ProcessKit

/// The Python that runs the tests of a project.
struct PythonInterpreter: Sendable, Hashable {
    /// Absolute path.
    let path: String

    /// Finds the interpreter that the settings name, or the project's own, or the system's.
    ///
    /// - Parameter directory: Of the project, relative to it, where the environment may be, too; empty for none.
    /// - Throws: ``Failure/Kind/missing`` saying where it was looked for.
    init(named setting: String?, project: String, directory: String = "") throws(Failure) {
        guard let setting else {
            let places = directory.isEmpty ? [project] : ["\(project)/\(directory)", project]
            let own = places.flatMap { place in Self.environments.map { "\(place)/\($0)/bin/python" } }
                .first(where: Self.isExecutable)
            guard let found = own ?? Programs.find("python3") ?? Programs.find("python") else {
                throw Failure(
                    .missing,
                    "No Python was found: neither '.venv' nor 'venv' in '\(project)' has "
                        + "'bin/python', and PATH has no 'python3'. Install Python, or name one with 'python:'."
                )
            }
            path = found
            return
        }
        path = try Self.named(setting, project: project)
    }

    private static let environments = [".venv", "venv"]

    private static func named(_ setting: String, project: String) throws(Failure) -> String {
        guard setting.contains("/") else {
            guard let found = Programs.find(setting) else {
                throw Failure(.missing, "The interpreter '\(setting)' that 'python:' names was not found in PATH.")
            }
            return found
        }
        let path = setting.hasPrefix("/") ? setting : "\(project)/\(setting)"
        guard isExecutable(path) else {
            throw Failure(.missing, "The interpreter '\(path)' that 'python:' names is not an executable file.")
        }
        return path
    }

    private static func isExecutable(_ path: String) -> Bool {
        FileManager.default.isExecutableFile(atPath: path)
    }

    /// What an activated virtual environment sets, so that tests find the programs installed in it.
    var environment: [String: String] {
        let binaries = path.split(separator: "/").dropLast()
        let root = "/" + binaries.dropLast().joined(separator: "/")
        guard FileManager.default.fileExists(atPath: "\(root)/pyvenv.cfg") else { return [:] }
        let search = Environment.minimal["PATH"].map { ":\($0)" } ?? ""
        return ["VIRTUAL_ENV": root, "PATH": "/\(binaries.joined(separator: "/"))\(search)"]
    }
}
