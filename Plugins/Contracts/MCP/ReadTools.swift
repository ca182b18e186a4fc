import HTTPKit
import PipelineEngine
import PipelineKit

/// What only looks at runs.
struct ReadTools: Sendable {
    let desk: Desk

    var tools: [ServedTool] {
        [
            ServedTool("list_pipelines", "Lists the pipelines that can be started here, with their inputs.") {
                (_: NoFields, _) throws(HTTPError) in
                .document(try await desk.door.ask(.get, ["pipelines"]).document().clipped)
            },
            ServedTool("list_runs", "Lists the runs of this project, the last updated first.", .reads, list),
            ServedTool(
                "read_run",
                "Tells how a run stands or ended: status, verdict of the goal, cost, limits, changed files, open questions.",
                .reads,
                read
            ),
            ServedTool("read_diff", "The changes of a run as a unified diff, in pieces when it is long.", .reads, diff),
            ServedTool(
                "read_report",
                "What a check of the goal found, as Markdown: failing cases with their words, findings, scores.",
                .reads,
                report
            ),
            ServedTool(
                "read_artifact",
                "The whole of an output that an event shows in part, by the digest that the event names.",
                .reads,
                artifact
            ),
            ServedTool("list_questions", "The open questions of the runs of this project.", .reads, questions),
        ]
    }

    // MARK: - Runs

    struct Listed: Fields {
        @Field("Only runs with one of these statuses, with commas between: running, waiting, achieved, not_achieved.")
        var status: String? = nil
        @Field("How many at most; from 1 to 100.") var limit: Int = 20
        @Field("The 'next' of the page before.") var cursor: String? = nil

        func check(_ reader: inout FieldReader) { reader.expect(limit, of: "limit", in: 1...100) }
    }

    @Sendable private func list(_ asked: Listed, _ caller: ToolCaller) async throws(HTTPError) -> ToolAnswer {
        let query: [(name: String, value: String?)] = [
            ("status", asked.status), ("limit", "\(asked.limit)"), ("cursor", asked.cursor),
            ("project", desk.settings.directory),
        ]
        return .document(try await desk.door.ask(.get, ["runs"], query: query).document().clipped)
    }

    @Sendable private func read(_ asked: RunTools.Named, _ caller: ToolCaller) async throws(HTTPError) -> ToolAnswer {
        _ = try await desk.row(of: asked.run)
        var members = try await desk.door.ask(.get, ["runs", asked.run]).document().members
        members["normal"] = nil  // the pipeline, whole: pages of it
        members["questions"] = nil  // the same as 'approvals_open', in part
        members["changes"] = try await changes(of: asked.run)
        return .document(JSONValue.object(members).clipped)
    }

    /// - Returns: `nil` while there is no workspace, or none any more.
    private func changes(of run: String) async throws(HTTPError) -> JSONValue? {
        do throws(HTTPError) {
            let items = try await desk.door.ask(.get, ["runs", run, "changes"]).document()["items"]?.elements ?? []
            let shown = items.prefix(Self.mostChanges)
            return ["files": .array(Array(shown)), "all": .int(items.count)]
        } catch {
            guard error.status == .unprocessable else { throw error }
            return nil
        }
    }

    /// Files that are named at once.
    private static let mostChanges = 200

    // MARK: - Texts

    struct Span: Fields {
        @Field("The name of the run.") var run: String
        @Field("After which iteration; 0 is the start.") var from: Int = 0
        @Field("Up to the end of which iteration; left out, the files as they are now.") var to: Int? = nil
        @Field("The byte to begin with.") var offset: Int = 0
    }

    struct Checked: Fields {
        @Field("The name of the run.") var run: String
        @Field("After which iteration; 0 is the start; left out, the last check.") var check: Int? = nil
        @Field("The byte to begin with.") var offset: Int = 0
    }

    struct Kept: Fields {
        @Field("The digest, 64 hexadecimal digits.") var digest: String
        @Field("The byte to begin with.") var offset: Int = 0
    }

    @Sendable private func diff(_ asked: Span, _ caller: ToolCaller) async throws(HTTPError) -> ToolAnswer {
        _ = try await desk.row(of: asked.run)
        let query: [(name: String, value: String?)] = [("from", "\(asked.from)"), ("to", asked.to.map { "\($0)" })]
        return .text(
            try await desk.door.ask(.get, ["runs", asked.run, "diff"], query: query),
            asked.offset,
            "The diff"
        )
    }

    @Sendable private func report(_ asked: Checked, _ caller: ToolCaller) async throws(HTTPError) -> ToolAnswer {
        _ = try await desk.row(of: asked.run)
        let query: [(name: String, value: String?)] = [("check", asked.check.map { "\($0)" })]
        return .text(
            try await desk.door.ask(.get, ["runs", asked.run, "report"], query: query),
            asked.offset,
            "The report"
        )
    }

    @Sendable private func artifact(_ asked: Kept, _ caller: ToolCaller) async throws(HTTPError) -> ToolAnswer {
        .text(try await desk.door.ask(.get, ["artifacts", asked.digest]), asked.offset, "The artifact")
    }

    // MARK: - Questions

    struct Asked: Fields {
        @Field("Only those of this run.") var run: String? = nil
    }

    @Sendable private func questions(_ asked: Asked, _ caller: ToolCaller) async throws(HTTPError) -> ToolAnswer {
        let all = try await desk.door.ask(.get, ["approvals"], query: [("limit", "500")]).document()
        let items = (all["items"]?.elements ?? []).filter { question in
            desk.isHere(question["project"]?.text ?? "") && asked.run.map { question["run"]?.text == $0 } ?? true
        }
        return .document(JSONValue.object(["items": .array(await whole(items))]).clipped)
    }

    /// What a program outside of a run asks about is left out of lists; the run knows it.
    private func whole(_ questions: [JSONValue]) async -> [JSONValue] {
        var (whole, known) = (questions, [String: [JSONValue]]())
        for (index, question) in questions.enumerated() {
            guard question["subject"]?["kind"] == "outside", let run = question["run"]?.text else { continue }
            if known[run] == nil {
                let answer = try? await desk.door.ask(.get, ["runs", run, "approvals"]).document()
                known[run] = answer?["items"]?.elements ?? []
            }
            whole[index] = known[run]?.first { $0["approval"] == question["approval"] } ?? question
        }
        return whole
    }
}

extension ToolAnswer {
    fileprivate static func text(_ response: HTTPResponse, _ offset: Int, _ what: String) -> ToolAnswer {
        let excerpt = Excerpt(response.body, from: max(0, offset), of: what)
        return .text(excerpt.text, note: excerpt.note)
    }
}

extension FieldReader {
    /// Notes a number that is not within its bounds.
    mutating func expect(_ value: Int, of key: String, in range: ClosedRange<Int>) {
        guard !range.contains(value) else { return }
        problem(inValueOf: key, "must be from \(range.lowerBound) to \(range.upperBound), but is \(value).")
    }
}
