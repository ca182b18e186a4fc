import PipelineKit
import WorkspaceKit

/// What a patch makes of the files of a workspace: found out for all of them before one is touched.
struct PatchWork {
    /// What becomes of one file.
    private struct Step {
        var path: String
        /// `nil` when it is to be gone.
        var content: [UInt8]?
        /// What it held; `nil` when it was not there.
        var before: [UInt8]?
        var newPath: String?
        var words: String
    }

    private let files: ConfinedDirectory
    private var steps: [Step] = []

    /// - Throws: ``Failure/Kind/invalidInput`` with everything that does not fit, ``Failure/Kind/denied`` for a path that
    ///   leaves the workspace.
    init(_ patches: [FilePatch], in files: ConfinedDirectory) throws(Failure) {
        self.files = files
        try Self.requireEachOnce(patches)
        var problems: [String] = []
        for patch in patches {
            do throws(Failure) {
                let (step, misfits) = try step(patch)
                problems += misfits
                if let step { steps.append(step) }
            } catch {
                guard error.kind == .invalidInput else { throw error }
                problems.append(error.message)
            }
        }
        // What was deleted comes back without its permissions, so nothing comes after it that may fail.
        steps = steps.filter { $0.content != nil } + steps.filter { $0.content == nil }
        guard problems.isEmpty else {
            let words = problems.prefix(Self.most).joined(separator: "\n")
            let more = problems.count > Self.most ? "\n\(problems.count - Self.most) more hunks do not fit." : ""
            throw Failure(.invalidInput, "Nothing was changed, as the patch does not fit:\n\(words)\(more)")
        }
    }

    /// Problems that are told at once.
    private static let most = 10

    private static func requireEachOnce(_ patches: [FilePatch]) throws(Failure) {
        var seen: [String: Int] = [:]
        for patch in patches {
            for (path, place) in patch.files {
                if let line = seen[place] {
                    throw PatchText.failure(
                        patch.line - 1,
                        "'\(path)' is changed a second time, after line \(line); put all its hunks below one header."
                    )
                }
                seen[place] = patch.line
            }
        }
    }

    /// `Changed 'a.py' (2 hunks), added 'b.py' (10 lines).`
    var summary: String {
        let words = steps.map(\.words).joined(separator: ", ")
        return words.prefix(1).uppercased() + words.dropFirst() + "."
    }

    // MARK: - What is to be done

    private func step(_ patch: FilePatch) throws(Failure) -> (Step?, [String]) {
        switch patch.change {
        case .add(let content):
            guard !files.holds(patch.path) else {
                throw Failure(.invalidInput, "'\(patch.path)' is to be added and exists already.")
            }
            let lines = TextFile.lines(content).count.counted("line")
            return (Step(path: patch.path, content: content, words: "added '\(patch.path)' (\(lines))"), [])
        case .delete(let hunks):
            let before = try files.read(patch.path, limit: FileLimits.write)
            let (rest, _, misfits) = try patched(before, hunks, of: patch.path)
            guard misfits.isEmpty, hunks.isEmpty || rest.isEmpty else {
                throw Failure(.invalidInput, "'\(patch.path)' is to be deleted and holds more than the patch says.")
            }
            return (Step(path: patch.path, before: before, words: "deleted '\(patch.path)'"), [])
        case .update(let hunks):
            let before = try files.read(patch.path, limit: FileLimits.write)
            if let newPath = patch.newPath, files.holds(newPath) {
                throw Failure(.invalidInput, "'\(patch.path)' is to become '\(newPath)', which exists already.")
            }
            guard !hunks.isEmpty || patch.newPath != nil else {
                throw Failure(.invalidInput, "'\(patch.path)' is to be changed, and the patch has no hunk for it.")
            }
            let (content, fits, misfits) = try patched(before, hunks, of: patch.path)
            let name = patch.newPath.map { "'\(patch.path)', now '\($0)'" } ?? "'\(patch.path)'"
            let words = "changed \(name)\(Self.words(of: fits))"
            let step = Step(
                path: patch.path,
                content: content,
                before: before,
                newPath: patch.newPath,
                words: words
            )
            return (misfits.isEmpty ? step : nil, misfits)
        }
    }

    /// - Returns: what the file holds afterwards, where the hunks were found, and what does not fit.
    private func patched(
        _ bytes: [UInt8],
        _ hunks: [Hunk],
        of path: String
    ) throws(Failure) -> (content: [UInt8], fits: [PatchedLines.Fit], misfits: [String]) {
        // What is only deleted or renamed need not be text.
        guard !hunks.isEmpty else { return (bytes, [], []) }
        _ = try TextFile.text(bytes, of: path)
        var lines = PatchedLines(bytes)
        var (fits, misfits) = ([PatchedLines.Fit](), [String]())
        for (index, hunk) in hunks.enumerated() {
            do throws(PatchedLines.Misfit) { fits.append(try lines.apply(hunk)) } catch {
                let name = "Hunk \(index + 1) of '\(path)' (line \(hunk.line) of the patch)"
                misfits.append("\(name) \(Self.words(of: error, hunk, bytes))")
            }
        }
        return (lines.bytes, fits, misfits)
    }

    private static func words(of misfit: PatchedLines.Misfit, _ hunk: Hunk, _ bytes: [UInt8]) -> String {
        switch misfit {
        case .absent:
            let text = hunk.old.map(\.text).joined(separator: "\n")
            return "does not fit: the file does not hold its lines.\(NearestText(text, in: bytes).sentence)"
        case .noAnchor(let line): return "does not fit: after the hunk before it, no line is '\(line)'."
        case .ambiguous(let lines):
            let places = lines.prefix(10).map(String.init).joined(separator: ", ")
            return "fits at lines \(places); give more lines around it, or a line above it behind '@@'."
        }
    }

    /// ` (2 hunks; 1 with other blanks or lines around it; 1 up to 14 lines from where it should be)`.
    private static func words(of fits: [PatchedLines.Fit]) -> String {
        guard !fits.isEmpty else { return "" }
        var parts = [fits.count.counted("hunk")]
        let (loose, moved) = (fits.count(where: \.isLoose), fits.map { abs($0.offset) }.filter { $0 > 0 })
        if loose > 0 { parts.append("\(loose) with other blanks or lines around") }
        if let farthest = moved.max() {
            parts.append("\(moved.count) up to \(farthest.counted("line")) from where the patch says")
        }
        return " (\(parts.joined(separator: "; ")))"
    }

    // MARK: - Doing it

    /// - Throws: ``Failure`` of the first file that could not be written, after those before it are what they were.
    func carryOut() throws(Failure) {
        for (index, step) in steps.enumerated() {
            do throws(Failure) {
                try carryOut(step)
            } catch {
                var failure = error
                for done in steps[...index].reversed() {
                    do throws(Failure) { try takeBack(done) } catch {
                        failure.message += " '\(done.path)' could not be taken back: \(error.message)"
                    }
                }
                throw failure
            }
        }
    }

    private func carryOut(_ step: Step) throws(Failure) {
        // The file keeps its permissions with its new name.
        if let newPath = step.newPath { try files.rename(step.path, to: newPath) }
        guard let content = step.content else { return try files.delete(step.path) }
        try files.write(content, to: step.newPath ?? step.path)
    }

    /// As far as it was done.
    private func takeBack(_ step: Step) throws(Failure) {
        if let newPath = step.newPath, !files.holds(step.path) { try files.rename(newPath, to: step.path) }
        if let before = step.before {
            let now = try? files.read(step.path, limit: FileLimits.write)
            if now != before { try files.write(before, to: step.path) }
        } else if files.holds(step.path) {
            try files.delete(step.path)
        }
    }
}
