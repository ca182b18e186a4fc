import DetectionKit
import FoundationEssentials
import PipelineEngine

/// The pipeline of a run for which nobody named one.
struct FoundPipeline: Sendable {
    /// Absolute path of the directory to work on.
    let project: String
    /// The same as the person named it.
    let named: String
    /// Shows a line to the person.
    let tell: @Sendable (String) -> Void

    /// The file that stands for a project.
    static let file = "sluice.yaml"

    init(project: String, named: String, tell: @escaping @Sendable (String) -> Void) {
        self.project = project
        self.named = named
        self.tell = tell
    }

    /// The pipeline in the project's own file, else one made of what is found there, which is written nowhere.
    ///
    /// - Throws: what to do, when nothing says what the goal is.
    func load(from files: PipelineFiles) throws(CommandError) -> LoadedPipeline {
        let path = named == "." ? Self.file : "\(project)/\(Self.file)"
        guard !FileManager.default.fileExists(atPath: path) else {
            tell("Found \(path): it says what the goal is.")
            return try files.load(path)
        }
        let detection = Detection(.onDisk(project))
        guard !detection.projects.isEmpty else { throw undecided(detection.nothing(in: named)) }
        guard detection.projects.count <= Detection.mostGoals else { throw undecided(detection.tooMany(in: named)) }
        for line in detection.lines { tell(line) }
        if detection.leavesAChoice { tell("To decide otherwise: sluice init\(directory)") }
        return try files.load(text: DetectedPipeline(detection).text, name: "(found)")
    }

    private var directory: String { named == "." ? "" : " --cwd \(named)" }

    private func undecided(_ lines: [String]) -> CommandError {
        let ways = """
            Say what the goal is: 'sluice init\(directory)' writes a pipeline to begin with. Or name one, such as
              sluice run command --set command='make test'\(directory)
            """
        return .usage((lines + [ways]).joined(separator: "\n"))
    }
}
