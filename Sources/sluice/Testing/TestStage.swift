import FoundationEssentials
import Glibc
import PipelineEngine
import PipelineKit
import ProcessKit

/// A directory of its own for one play of a test: the files, the script, the database.
struct TestStage: Sendable {
    let planned: PlannedTest
    let root: String

    /// Where the directories of all tests are made; absolute, without a slash at its end.
    static let parent = absolute(TemporaryDirectory.parent)

    var project: String { "\(root)/project" }
    var state: String { "\(root)/state" }
    /// Where the test file is, so that what other models say may stand in files beside it.
    var home: String { absolute(".".beside(planned.file)) }
    var script: String { "\(root)/model.json" }
    /// What the models of steps say.
    var scripts: LaidScripts { LaidScripts(planned.test.steps, at: "\(root)/step-") }

    /// Makes the directory with all that a run begins with.
    ///
    /// - Throws: what could not be made.
    static func set(_ planned: PlannedTest, in root: String) async throws(Failure) -> TestStage {
        let stage = TestStage(planned: planned, root: root)
        do { try stage.write() } catch {
            throw Failure(.unavailable, "The files of the test could not be laid out: \(error.systemWords).")
        }
        if planned.test.git { try await stage.commit() }
        return stage
    }

    private func write() throws {
        let files = FileManager.default
        try files.createDirectory(atPath: state, withIntermediateDirectories: true)
        if let workspace = planned.test.workspace {
            try files.copyItem(atPath: absolute(workspace.beside(planned.file)), toPath: project)
        } else {
            try files.createDirectory(atPath: project, withIntermediateDirectories: true)
        }
        for (path, text) in planned.test.files {
            let place = "\(project)/\(path)"
            try files.createDirectory(
                atPath: String(place[..<(place.lastIndex(of: "/") ?? place.endIndex)]),
                withIntermediateDirectories: true
            )
            try Data(text.utf8).write(to: URL(filePath: place))
        }
        try Data((planned.test.model?.json ?? []).encoded(.compact)).write(to: URL(filePath: script))
        for (path, json) in scripts.files { try Data(json.encoded(.compact)).write(to: URL(filePath: path)) }
    }

    private func commit() async throws(Failure) {
        let line = """
            git init -q -b main && git add -A && \
            git -c user.name=sluice -c user.email=sluice@localhost commit -q --allow-empty -m 'The start of the test'
            """
        let finished = try await ProcessKit.run(.shell(line, in: project))
        guard finished.status == 0 else {
            throw Failure(.unavailable, "The files of the test could not be committed: \(finished.output.text.trimmed)")
        }
    }

    /// What a file of the workspace holds; `nil` when it is not there.
    static func text(of path: String, in workspace: String) -> String? {
        FileManager.default.contents(atPath: "\(workspace)/\(path)").map { String(decoding: $0, as: UTF8.self) }
    }
}
