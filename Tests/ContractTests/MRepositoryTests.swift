import HTTPKit
import PipelineEngine
import PipelineKit
import PipelineTesting
import Testing

@testable import MContract

/// Repositories and devices, as clients of Project M know them.
@Suite(.timeLimit(.minutes(5)))
struct MRepositoryTests {
    @Test func aRepositoryIsMadeShownListedAndRemoved() async throws {
        try await ContractBench.servingM("work") { bench in
            #expect(try await bench.json("/api/repos") == [])
            let first = try await bench.repository(["git_url": "https://example.org/shop.git"])
            let second = try await bench.repository(["name": "empty", "git_url": .null, "of_a_later_client": 1])
            let shown = try await bench.json("/api/repos/\(first)")
            #expect(shown["name"] == "shop")
            #expect(shown["git_url"] == "https://example.org/shop.git")
            #expect((1_700_000_000...4_000_000_000).contains(shown["created_at"]?.integer ?? 0), "whole seconds")
            #expect(try await bench.json("/api/repos/\(second)")["git_url"] == nil, "left out where there is none")
            let listed = try await bench.json("/api/repos").elements.compactMap { $0["id"]?.text }
            #expect(Set(listed) == [first, second])
            let gone = try await bench.client.send(.delete, "/api/repos/\(first)", [:])
            #expect((gone.status, gone.body.count) == (.noContent, 0))
            #expect(try refusal(await bench.client.get("/api/repos/\(first)")) == "404 not_found repo not found")
            #expect(
                try refusal(await bench.client.send(.delete, "/api/repos/\(first)", [:]))
                    == "404 not_found repo not found"
            )
        }
    }

    /// Its run that is under way ends, and what it did can be read on.
    @Test func aRepositoryWithRunsIsRemoved() async throws {
        try await ContractBench.servingM("hang") { bench in
            let run = try await bench.ordered()
            let repository = try #require(try await bench.json("/api/runs/\(run)")["repo_id"]?.text)
            let gone = try await bench.client.send(.delete, "/api/repos/\(repository)", [:])
            #expect(gone.status == .noContent)
            #expect(try await bench.json("/api/runs/\(run)")["state"] == "cancelled")
            #expect(try await bench.frames(of: run).types.last == "run_cancelled")
            #expect(try await bench.json("/api/repos") == [])
        }
    }

    private static let noUser =
        "git_url must hold no user name but for ssh, as it may be a token: put it where git looks, such as a "
        + "credential helper or a key of ssh"

    @Test func aUserOfSshMayBeNamed() async throws {
        try await ContractBench.servingM("work") { bench in
            for url in ["ssh://git@example.org/a.git", "git@example.org:a.git", "https://example.org/@scope/a.git"] {
                let repository = try await bench.repository(["git_url": .string(url)])
                #expect(try await bench.json("/api/repos/\(repository)")["git_url"]?.text == url)
            }
        }
    }

    /// Clients know a wrong request by its status; what went wrong in the server is another thing.
    @Test(
        arguments: [
            (.unprocessable, "", "400 invalid_input It cannot be."),
            (.contentTooLarge, "", "413 invalid_input It cannot be."),
            (.headersTooLarge, "", "431 invalid_input It cannot be."),
            (.tooManyRequests, "too_fast", "429 too_fast It cannot be."),
            (.serviceUnavailable, "", "503 internal_error It cannot be."),
        ] as [(HTTPStatus, String, String)]
    )
    func anErrorHasTheCodeOfItsStatus(status: HTTPStatus, code: String, told: String) throws {
        let error = HTTPError(status, "It cannot be.", code: code)
        #expect(try refusal(error.inWordsOfM) == told)
    }

    @Test(
        arguments: [
            ("{", "invalid JSON body"), ("[]", "invalid JSON body"), ("{}", "name is required"),
            (#"{"name":""}"#, "name is required"), (#"{"name":null}"#, "name is required"),
            (#"{"name":7}"#, "Field 'name' must be text, but is 7."),
            (
                #"{"name":"a","git_url":"ext::sh -c id"}"#,
                "git_url must be an address without spaces and control characters, but is 'ext::sh -c id'"
            ),
            (
                #"{"name":"a","git_url":"--upload-pack=x"}"#,
                "git_url must be an address without spaces and control characters, but is '--upload-pack=x'"
            ),
            (
                #"{"name":"a","git_url":"file:///etc"}"#,
                "git_url must begin with https://, http://, ssh:// or git://, be HOST:PATH, or be the path of a "
                    + "directory that this server works on, but is 'file:///etc'"
            ),
            (
                #"{"name":"a","git_url":"https://ada:secret@example.org/a.git"}"#,
                "git_url must hold no password: put it where git looks, such as a credential helper or a key of ssh"
            ),
            (#"{"name":"a","git_url":"http://ghp_secret123@127.0.0.1:1/x.git"}"#, Self.noUser),
            (#"{"name":"a","git_url":"HTTPS://ada@example.org/a.git"}"#, Self.noUser),
            (#"{"name":"a","git_url":"git://ada@example.org/a.git"}"#, Self.noUser),
            (
                #"{"name":"a","git_url":"ssh://ada:secret@example.org/a.git"}"#,
                "git_url must hold no password: put it where git looks, such as a credential helper or a key of ssh"
            ),
        ]
    )
    func whatIsNoRepositoryIsTold(body: String, message: String) async throws {
        try await ContractBench.servingM("work") { bench in
            let answer = try await bench.client.send(
                .post,
                "/api/repos",
                headers: ["content-type": "application/json"],
                body: Array(body.utf8)
            )
            #expect(try refusal(answer) == "400 invalid_input \(message)")
            #expect(try await bench.json("/api/repos") == [])
        }
    }

    /// A directory of the server may be cloned, and none besides.
    @Test func aDirectoryOfTheServerMayBeNamed() async throws {
        try await ContractBench.servingM("work") { bench in
            let repository = try await bench.repository(["git_url": .string(bench.directory)])
            #expect(try await bench.json("/api/repos/\(repository)")["git_url"]?.text == bench.directory)
            let other = try await bench.client.post("/api/repos", ["name": "a", "git_url": "/etc"])
            let told = try refusal(other)
            let sentence = "'/etc' is no directory within those that this server works on: '\(bench.directory)'."
            #expect(told == "400 invalid_input \(sentence)")
        }
    }

    @Test func aDeviceIsRegisteredOnceAndTakenOut() async throws {
        try await ContractBench.servingM("work") { bench in
            let body: JSONValue = ["token": "abc123", "platform": "ios"]
            let first = try await bench.client.post("/api/devices", body)
            #expect((first.status, try first.json()["token"]) == (.created, "abc123"))
            #expect(try await bench.client.post("/api/devices", body).json() == first.json())
            let gone = try await bench.client.send(.delete, "/api/devices/abc123", [:])
            #expect(gone.status == .noContent)
            let again = try await bench.client.send(.delete, "/api/devices/abc123", [:])
            #expect(try refusal(again) == "404 not_found device not found")
            let wrong: [(JSONValue, String)] = [
                ([:], "token is required"), (["token": "a"], "platform is required"),
                (["token": "a", "platform": "pager"], "invalid platform, must be 'ios'"),
            ]
            for (body, message) in wrong {
                #expect(try refusal(await bench.client.post("/api/devices", body)) == "400 invalid_input \(message)")
            }
        }
    }
}
