import FoundationEssentials
import PipelineEngine
import PipelineKit

/// A test and where it stands.
struct PlannedTest: Sendable {
    /// The test file, as it was found.
    var file: String
    /// Path of the pipeline.
    var pipeline: String
    var test: PipelineTest
}

/// The tests of one file, or of all below a directory.
struct TestSuite: Sendable {
    let tests: [PlannedTest]
    let files: Int

    /// - Throws: every mistake of every file, or that there is none.
    init(_ path: String) throws(CommandError) {
        let files = try Self.files(path)
        guard !files.isEmpty else {
            throw .usage("There is no test in '\(path)': no file whose name ends in '\(TestFile.ending)'.")
        }
        var (tests, mistakes): ([PlannedTest], [Diagnostic]) = ([], [])
        for file in files {
            do throws(Diagnostics) { tests += try Self.read(file) } catch { mistakes += error.all }
        }
        guard mistakes.isEmpty else { throw .usage("\(Diagnostics(mistakes))") }
        (self.tests, self.files) = (tests, files.count)
    }

    /// In the order of their names; what begins with a dot is left out, as are the directories of tools.
    private static func files(_ path: String) throws(CommandError) -> [String] {
        var isDirectory = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) else {
            throw .usage("There is no file or directory '\(path)'.")
        }
        guard isDirectory else {
            guard path.hasSuffix(TestFile.ending) else {
                throw .usage("The name of a test ends in '\(TestFile.ending)', but is '\(path)'.")
            }
            return [path]
        }
        return below(path.hasSuffix("/") ? String(path.dropLast()) : path, depth: 0)
    }

    private static func below(_ directory: String, depth: Int) -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
        return names.sorted().flatMap { name -> [String] in
            guard !name.hasPrefix("."), name != "node_modules" else { return [] }
            let path = directory == "." ? name : "\(directory)/\(name)"
            if name.hasSuffix(TestFile.ending) { return [path] }
            return isDirectory(path) && depth < 16 ? below(path, depth: depth + 1) : []
        }
    }

    private static func isDirectory(_ path: String) -> Bool {
        // A link that leads back up would be followed for ever.
        if let target = try? FileManager.default.destinationOfSymbolicLink(atPath: path), !target.isEmpty {
            return false
        }
        var isDirectory = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) && isDirectory
    }

    /// The tests of one file.
    static func read(_ path: String) throws(Diagnostics) -> [PlannedTest] {
        let members = try SettingsFile.read(path, as: TestFile.self, PipelineSources.disk) { file in
            missing(file, of: path)
        }
        do throws(FieldProblems) {
            let file = try TestFile(json: .object(members))
            let pipeline = pipeline(of: file, path)
            return file.tests.map { PlannedTest(file: path, pipeline: pipeline, test: $0) }
        } catch {
            throw Diagnostics(error.all.map { Diagnostic(.error, $0.message, in: path) })
        }
    }

    /// Where the pipeline is that a file tests.
    private static func pipeline(of file: TestFile, _ path: String) -> String {
        if let name = file.pipeline { return name.beside(path) }
        return path.dropLast(TestFile.ending.count) + ".yaml"
    }

    /// Files that a test names and that are not there.
    private static func missing(_ file: TestFile, of path: String) -> [Finding] {
        let pipeline = pipeline(of: file, path)
        var found: [Finding] = []
        if !FileManager.default.fileExists(atPath: pipeline) {
            let sentence = "There is no pipeline '\(pipeline)'. Say under 'pipeline' which one is tested."
            found.append(Finding(FieldProblem(FieldPath().appending("pipeline"), sentence)))
        }
        for (index, test) in file.tests.enumerated() {
            guard let workspace = test.workspace, !isDirectory(workspace.beside(path)) else { continue }
            let place = FieldPath().appending("tests").appending(index).appending("workspace")
            found.append(Finding(FieldProblem(place, "There is no directory '\(workspace.beside(path))'.")))
        }
        return found
    }
}

extension String {
    /// The path, from the directory of a file.
    func beside(_ file: String) -> String {
        guard !hasPrefix("/"), let slash = file.lastIndex(of: "/") else { return self }
        return "\(file[..<slash])/\(self)"
    }
}
