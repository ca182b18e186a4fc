import Foundation
import PipelineKit
import PipelineTesting
import ProcessKit
import Testing

@testable import ServicesGate

/// One request to a server that is there already.
@Suite(.serialized, .enabled(if: GateTrial.has("curl"))) struct HTTPGateTests {
    /// Lends the address of a server, which ends with the body.
    private func withServer(_ body: (String) async throws -> Void) async throws {
        try await withTemporaryWorkspace(ServedProject.files) { workspace in
            try await withTemporaryWorkspace { scratch in
                let server = TestedServer(try ServedProject.start(), port: try FreePort.find())
                let context = GateContext(scratch: { scratch.path })
                async let _: Void = server.run(in: workspace, atMost: .seconds(60), context)
                let curl = try Curl(in: workspace, scratch: scratch.path)
                let problem = try await server.waitUntil(.listens(port: server.port), atMost: .seconds(30), curl)
                try #require(problem == nil, "\(problem ?? "") \(server.printed)")
                try await body("http://127.0.0.1:\(server.port)")
            }
        }
    }

    private func verdict(_ url: String, _ more: JSONValue = [:]) async throws -> Verdict {
        let settings = more.members.merging(["url": .string(url)]) { $1 }
        return try await GateTrial.verdict(of: HTTPGate.self, [:], .object(settings))
    }

    @Test func anAnswerIsJudged() async throws {
        try await withServer { base async throws in
            let good = try await verdict("\(base)/text", ["expect_text": "version", "expect_regex": #"^version \d"#])
            #expect(good.reason == "'GET \(base)/text' is answered with 200, as expected.")
            #expect(good.metrics["milliseconds"] != nil)
            let bad = try await verdict("\(base)/text", ["expect_status": 404, "expect_regex": "^2"])
            #expect(
                bad.reason
                    == "'GET \(base)/text' is not answered as expected. The status is 200, not 404. "
                    + "Nothing in the body matches '^2'."
            )
            #expect(bad.details == "The body: version 1.2.3\n\n")
            let moved = try await verdict("\(base)/moved")
            #expect(moved.reason == "'GET \(base)/moved' is not answered as expected. The status is 302, not 200.")
            #expect(try await verdict("\(base)/moved", ["follow": true, "expect_json": ["total": 2]]).holds)
            try await expectConformance(
                of: HTTPGate.self,
                settings: ["url": .string("\(base)/text")],
                required: ["url"]
            )
        }
    }

    @Test func anAddressWhereNobodyListensFails() async throws {
        let port = try FreePort.find()
        let verdict = try await verdict("http://127.0.0.1:\(port)/")
        #expect(verdict.outcome == .failed)
        #expect(
            verdict.reason.hasPrefix("'GET http://127.0.0.1:\(port)/' failed. There was no answer: Failed to connect")
        )
    }

    @Test func aSandboxWithoutANetworkIsNoVerdict() async throws {
        let gate = try HTTPGate(settings: HTTPGate.Settings(json: ["url": "https://example.com/x"]))
        var workspace = Workspace(path: "/nowhere")
        workspace.confinement = Confinement(temporary: "/nowhere", home: "/nowhere")
        let words =
            "'https://example.com/x' cannot be asked: the sandbox has no network. "
            + "Allow its host with 'workspace: network'."
        await #expect(throws: Failure(.denied, words)) {
            _ = try await gate.judge(workspace, in: GateContext(scratch: { "/nowhere" }))
        }
    }

    @Test(
        arguments: [
            (["url": "ftp://a/b"], "Field 'url' must be a URL with http or https, but is 'ftp://a/b'."),
            (["url": "http:///b"], "Field 'url' must be a URL with http or https, but is 'http:///b'."),
            (["url": "https://u:p@a/b"], "Field 'url' must not hold a name or a password: it is shown."),
            (["timeout": "0s"], "Field 'timeout' must be longer than 0s."),
            (["expect_regex": "("], #"Field 'expect_regex' must be a regular expression, but is "("."#),
        ] as [(JSONValue, String)]
    )
    func aSettingThatCannotBeIsRefused(settings: JSONValue, message: String) throws {
        let all = ["url": JSONValue.string("http://a")].merging(settings.members) { $1 }
        #expect(try GateTrial.refusal(of: HTTPGate.self, .object(all)) == message)
    }
}
