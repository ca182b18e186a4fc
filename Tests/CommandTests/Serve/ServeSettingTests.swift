import Foundation
import Testing

/// What `sluice serve` may be told, and what it says to what it may not.
@Suite(.timeLimit(.minutes(1)))
struct ServeSettingTests {
    @Test func theSecondServerOnAPortSaysWhatToDo() async throws {
        try await withBench { bench in
            try await withServer(bench) { server in
                let port = server.client.port
                let second = try await bench.sluice("serve", "--port", "\(port)", "--root", bench.root)
                let sentence = "127.0.0.1:\(port) is in use by another program; choose another port, or end that one.\n"
                #expect(second.errors == sentence)
                #expect(second.output == "")
                #expect(second.status == 64)
                #expect(try await server.client.get("/health").status == 200)
            }
        }
    }

    @Test func mistakesInAFileAreToldWithTheirLines() async throws {
        try await withBench { bench in
            try bench.write("port: 80800\nroots: [.]\nruns: many\n", to: "serve.yaml")
            let refused = try await bench.sluice("serve", "--config", "serve.yaml")
            #expect(
                refused.errors == """
                    """
            )
            #expect(refused.status == 64)
        }
    }

    @Test func everySettingIsPrintedWithWhereItComesFrom() async throws {
        try await withBench { bench in
            try bench.write("port: 8080\nruns: 8\nrate: 7\n", to: "serve.yaml")
            let printed = try await bench.sluice(
                "serve",
                "--config",
                "serve.yaml",
                "--runs",
                "2",
                "--print-config",
                adding: ["SLUICE_PORT": "9090", "SLUICE_ORIGIN": "https://a.example, https://b.example"]
            )
            #expect(
                printed.output == """
                    """
            )
            #expect(printed.errors == "")
            #expect(printed.status == 0)
        }
    }

    @Test(
        arguments: [
            ("SLUICE_PORT", "many", ""), ("SLUICE_RUNS", "0", ""), ("SLUICE_GRACE", "soon", ""),
        ]
    )
    func aWrongVariableIsNamed(name: String, value: String, sentence: String) async throws {
        try await withBench { bench in
            let refused = try await bench.sluice("serve", "--root", bench.root, adding: [name: value])
            #expect(refused.errors == sentence)
            #expect(refused.status == 64)
        }
    }
}
