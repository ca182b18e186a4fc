import HTTPKit
import PipelineEngine
import PipelineKit
import PipelineTesting
import RPCKit
import Testing

@testable import MCPContract

/// What programs ask and tell that work in the directory of a run, as clients of the contracts see it.
@Suite(.timeLimit(.minutes(5)))
struct OutsideContractTests {
    private static let question = OutsideQuestion(
        key: "k1",
        tool: "Bash",
        text: "May it run?",
        about: ["command": "make"]
    )
    private static let begun = OutsideReport.callBegun(id: "c1", tool: "Bash", input: ["command": "make"])
    private static let ended = OutsideReport.callEnded(
        id: "c1",
        tool: "Bash",
        isError: true,
        duration: .seconds(1),
        error: "No rule."
    )
    private static let inFull = "Bash: May it run?\n{\n  \"command\": \"make\"\n}"

    @Test func aQuestionIsFoundWithItsDetailsAndAnswered() async throws {
        try await ContractBench.serving(as: Principal(name: "ada")) { bench in
            let run = try await bench.order(["model": "notes/hang"])
            _ = try await bench.services.approvals.ask(Self.question, of: RunID(run))
            let listed = try await bench.json("/api/v1/approvals")["items"]?.elements.first
            #expect(listed?["subject"] == ["kind": "outside", "key": "k1", "tool": "Bash"])
            #expect(listed?["about"] == nil)
            let whole = try await bench.json("/api/v1/runs/\(run)/approvals")["items"]?.elements.first
            #expect(whole?["about"] == ["command": "make"])
            let path = "/api/v1/runs/\(run)/approvals/a1"
            let body: JSONValue = ["decision": "reject", "message": "No.", "shown": whole?["shown"] ?? .null]
            let answer = try await bench.client.post(path, body)
            #expect(answer.status == .ok)
            #expect(try answer.json()["status"] == "running")
            #expect(try await bench.client.post(path, ["decision": "approve"]).status == .conflict)
            _ = try await bench.client.post("/api/v1/runs/\(run)/cancel")
        }
    }

    @Test func anMCPClientListsItWithItsDetails() async throws {
        try await MCPTrial.with(.handshake) { trial in
            let run = try await trial.bench.order(["model": "notes/hang"])
            _ = try await trial.bench.services.approvals.ask(Self.question, of: RunID(run))
            let listed = try await trial.value("list_questions")["items"]?.elements
            #expect(listed?.map { $0["about"] } == [["command": "make"]])
            #expect(listed?.map { $0["question"] } == ["May it run?"])
            try await trial.bench.services.runs.cancel(RunID(run), by: "ada")
        }
    }

    @Test func aPersonBehindAnMCPClientReadsAllOfIt() {
        let document: JSONValue = [
            "run": "r1", "pipeline": "fix", "question": "May it run?", "about": ["command": "make"],
            "subject": ["kind": "outside", "key": "k1", "tool": "Bash"],
        ]
        #expect(PersonQuestion(document).form["message"] == .string("Run r1 (fix) asks: \(Self.inFull)"))
    }

    /// A person who does not answer what a program outside asks does not end the turn: the run goes on.
    @Test(arguments: ["dismiss", "allow_once"]) func anEditorAsksAndTheTurnGoesOn(choice: String) async throws {
        try await ACPTrial.with(model: "hang", choice: choice) { trial in
            let session = try await trial.session()
            let services = trial.bench.services
            async let stop = trial.prompt("Wait.", in: session)
            while trial.seen.said.isEmpty { await Task.yield() }
            let id = try await services.approvals.ask(Self.question, of: RunID(session))
            while trial.seen.permissions.isEmpty { await Task.yield() }
            let call = trial.seen.permissions.first?["toolCall"]
            #expect(call?["toolCallId"] == .string("\(session)/question-a1"))
            #expect(call?["content"]?.elements.last?["content"]?["text"] == .string(Self.inFull))
            let names = trial.seen.permissions.first?["options"]?.elements.compactMap { $0["name"]?.text }
            #expect(names == ["Yes", "No"])
            if choice == "allow_once" {
                let answer = try await services.approvals.answer(to: id, of: RunID(session))
                #expect(answer == .resolved(Resolution(.approved, by: "ada in ACP client 'unnamed'")))
            }
            try await services.runs.report([Self.begun, Self.ended], of: RunID(session))
            let name = JSONValue.string("\(session)/outside-c1")
            while !trial.seen.updates("tool_call_update").contains(where: { $0["toolCallId"] == name }) {
                await Task.yield()
            }
            let begun = trial.seen.updates("tool_call").first { $0["toolCallId"] == name }
            #expect(begun?["title"] == "Bash" && begun?["rawInput"] == ["command": "make"])
            let ended = trial.seen.updates("tool_call_update").first { $0["toolCallId"] == name }
            #expect(ended?["status"] == "failed" && ended?["rawOutput"] == "No rule.")
            trial.peer.notify("session/cancel", ["sessionId": .string(session)])
            #expect(try await stop == "cancelled")
        }
    }
}
