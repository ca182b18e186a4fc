import Foundation
import Testing

/// LiteLLM's proxy for as long as a suite runs, before `faulty_server.py`, which plays the models.
struct LiteLLMProxy: Sendable {
    @TaskLocal static var current: LiteLLMProxy?

    let server: ModelServer
    let key: String

    static func run(_ body: (LiteLLMProxy) async throws -> Void) async throws {
        let root = ModelServer.fixtures.deletingLastPathComponent().deletingLastPathComponent()
        let python = root.appending(path: ".venv-litellm/bin/python3").path
        try #require(
            FileManager.default.isExecutableFile(atPath: python),
            "There is no '.venv-litellm': run 'make litellm'."
        )
        let key = "sk-\(UUID().uuidString)"
        try await ModelServer.run("faulty_server.py") { models in
            try await ModelServer.run(
                "litellm_proxy.py",
                ["\(models.port)"],
                python: python,
                environment: ["LITELLM_MASTER_KEY": key]
            ) { try await body(LiteLLMProxy(server: $0, key: key)) }
        }
    }
}

/// Gives a suite a proxy of its own.
struct LiteLLMTrait: SuiteTrait, TestScoping {
    func provideScope(
        for test: Test,
        testCase: Test.Case?,
        performing function: @concurrent @Sendable () async throws -> Void
    ) async throws {
        try await LiteLLMProxy.run { proxy in
            try await LiteLLMProxy.$current.withValue(proxy) { try await function() }
        }
    }
}

extension Trait where Self == LiteLLMTrait {
    static var liteLLM: Self { LiteLLMTrait() }
}
