import Foundation
import Testing

/// What `sluice serve` may be told, and what it says to what it may not.
@Suite(.timeLimit(.minutes(5)))
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
            try bench.write("port: 8080\nroots: [.]\nruns: many\n", to: "serve.yaml")
            let refused = try await bench.sluice("serve", "--config", "serve.yaml")
            #expect(
                refused.errors == """
                    serve.yaml:2:1: error: Unknown field 'roots'. Did you mean 'root'?
                      2 | roots: [.]
                        | ^~~~~
                    serve.yaml:3:7: error: Field 'runs' must be a whole number, but is "many".
                      3 | runs: many
                        |       ^~~~

                    """
            )
            #expect(refused.status == 64)
        }
    }

    @Test func aPipelineForRunsThatIsNotThereIsTold() async throws {
        try await withBench { bench in
            let refused = try await bench.sluice("serve", "--port", "0", "--project-m", #"{"pipeline":"tsk"}"#)
            #expect(refused.errors == "Option '--project-m': There is no pipeline 'tsk'. Did you mean 'task'?\n")
            #expect(refused.status == 64)
            let wrong = try await bench.sluice("serve", "--port", "0", "--project-m", #"{"patience":"2h"}"#)
            #expect(
                wrong.errors
                    == "Option '--project-m.patience' must be at most 1h, and more than nothing, but is 2h.\n"
            )
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
                    config       "serve.yaml"             option
                    host         "127.0.0.1"              default
                    port         9090                     SLUICE_PORT
                    root         ["."]                    default
                    runs         2                        option
                    contract     []                       default
                    alias        []                       default
                    origin       ["https://a.example","https://b.example"] SLUICE_ORIGIN
                    server_name  []                       default
                    rate         7                        serve.yaml
                    connections  10000                    default
                    grace        "3s"                     default
                    cost_per_day -                        default
                    log          "-"                      default
                    policy       -                        default
                    push         -                        default
                    project_m    {"patience":"5m","pipeline":"task","side_by_side":false} default
                    db           -                        default

                    """
            )
            #expect(printed.errors == "")
            #expect(printed.status == 0)
        }
    }

    @Test func aSettingThatCannotBeIsNamedWithItsFile() async throws {
        try await withBench { bench in
            try bench.write("root: [nowhere]\n", to: "serve.yaml")
            let missing = try await bench.sluice("serve", "--config", "serve.yaml")
            let sentence = "There is no directory '\(bench.root)/nowhere'. Give a directory with --root.\n"
            #expect(missing.errors == sentence)
            try bench.write("port: 80800\n", to: "serve.yaml")
            let tooLarge = try await bench.sluice("serve", "--config", "serve.yaml")
            #expect(
                tooLarge.errors == """
                    serve.yaml:1:7: error: Field 'port' must be from 0 to 65535, but is 80800.
                      1 | port: 80800
                        |       ^~~~~

                    """
            )
            #expect((missing.status, tooLarge.status) == (64, 64))
        }
    }

    @Test(
        arguments: [
            ("SLUICE_PORT", "many", "Variable 'SLUICE_PORT' must be a whole number, but is \"many\".\n"),
            ("SLUICE_RUNS", "0", "Variable 'SLUICE_RUNS' must be from 1 to 1000, but is 0.\n"),
            (
                "SLUICE_GRACE", "soon",
                "Variable 'SLUICE_GRACE' must be a time such as '90s', '30m' or '24h', but is \"soon\".\n"
            ),
            ("SLUICE_RATE", "0", "Variable 'SLUICE_RATE' must be from 1 to 1000000, but is 0.\n"),
            (
                "SLUICE_ORIGIN", "*",
                "Variable 'SLUICE_ORIGIN': Name each origin: '*' would let every web page use this server.\n"
            ),
            ("SLUICE_ALIAS", "gpt", "Variable 'SLUICE_ALIAS' takes name=provider/model, but is 'gpt'.\n"),
        ]
    )
    func aWrongVariableIsNamed(name: String, value: String, sentence: String) async throws {
        try await withBench { bench in
            let refused = try await bench.sluice("serve", adding: [name: value])
            #expect(refused.errors == sentence)
            #expect(refused.status == 64)
        }
    }
}
