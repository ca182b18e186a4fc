import DetectionKit
import Glibc
import PipelineKit

/// `sluice init`: a pipeline file to begin with.
enum InitCommand: Subcommand {
    struct Options: Fields {
        @Field("The directory to write it in.") var cwd: String = "."
        @Field("The name of the file.") var file: String = FoundPipeline.file
        @Field("The pipeline to start from, instead of what is found in the directory.") var extends: String? = nil
        @Field("Print the pipeline, and write nothing.") var dryRun: Bool = false
        init() {}
    }

    static let name = "init"
    static let summary = "Looks at a project and writes a commented pipeline file for it, to begin with."

    static func run(_ options: Options, _ operands: [String], in session: Session) async throws(CommandError)
        -> ExitStatus
    {
        let project = try existingDirectory(options.cwd, of: "--cwd")
        let detection = options.extends == nil ? Detection(.onDisk(project)) : nil
        if let parent = options.extends { _ = try PipelineFiles(session).load(parent: parent) }
        let isUsual = options.file == FoundPipeline.file
        let start = "sluice run\(isUsual ? "" : " \(options.file)")"
        let template = PipelineTemplate(file: options.file, start: start, parent: options.extends, detection: detection)
        guard !options.dryRun else {
            Output.raw(Array(template.text.utf8))
            return .achieved
        }
        try write(SchemaFile.line(in: session) + template.text, to: "\(project)/\(options.file)")
        for line in template.found { Output.line(line) }
        let directory = isUsual && options.cwd != "." ? " --cwd \(options.cwd)" : ""
        Output.line("Wrote \(project)/\(options.file). Look through it, then: \(start)\(directory)")
        return .achieved
    }

    /// - Throws: when a file of this name is there, whatever is in it.
    private static func write(_ text: String, to path: String) throws(CommandError) {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL, 0o644)
        guard descriptor >= 0 else {
            let reason =
                errno == EEXIST
                ? "is there already; it stays as it is" : "cannot be written: \(String(cString: strerror(errno)))"
            throw .usage("'\(path)' \(reason).")
        }
        defer { close(descriptor) }
        let bytes = Array(text.utf8)
        guard Glibc.write(descriptor, bytes, bytes.count) == bytes.count else {
            throw .broken("'\(path)' could not be written whole: \(String(cString: strerror(errno)))")
        }
    }
}
