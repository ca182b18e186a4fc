import Glibc
import PipelineKit
import Testing

/// What a test cannot do to whoever plays it.
struct TestHarmTests {
    @Test func neitherANameNorAFileSpeaksToTheTerminal() async throws {
        try await withBench { bench in
            let control = "\\e]0;pwned\\a\\e[2J"
            try bench.write(TestCommandTests.pipeline, to: "fix.yaml")
            let test = """
                tests:
                  - name: "has \(control)"
                    model:
                      - calls: [{ tool: file_write, arguments: { path: state, content: "done\(control)" } }]
                      - text: There.
                    expect: { end: achieved, files: { state: "else" } }

                """
            try bench.write(test, to: "fix.test.yaml")
            let ended = try await bench.sluice("test", "fix.test.yaml")
            let shown = "\\u{1b}]0;pwned\\u{7}\\u{1b}[2J"
            #expect(ended.output.hasPrefix("FAILED  fix.test.yaml: has \(shown)  ("))
            #expect(ended.output.contains("          | done\(shown)\n"))
            #expect(!ended.output.utf8.contains(0x1B) && !ended.output.utf8.contains(7))
        }
    }

    private static let steps = """
        name: asks
        workspace: { network: allow }
        steps:
          - id: look
            instructions: Look.
            goal: { gate: command, with: { command: "GOAL" } }

        """

    /// The commands of a pipeline whose network is open, in the run and in a step's.
    @Test(arguments: ["", "    network: allow\n"])
    func commandsReachNothingUnlessTheTestSaysSo(network: String) async throws {
        let said = try await withBench { bench in
            let (socket, port) = try Self.listening()
            defer { close(socket) }
            let connect = "bash -c 'exec 3<>/dev/tcp/127.0.0.1/\(port)'"
            let whole = "name: asks\ngoal: { gate: command, with: { command: \"\(connect)\" } }\n"
            try bench.write(whole + "workspace: { network: allow }\nlimits: { iterations: 1 }\n", to: "asks.yaml")
            try bench.write(Self.steps.replacing("GOAL", with: connect), to: "steps.yaml")
            let end = network.isEmpty ? "not_achieved" : "achieved"
            let test = "  - name: connects\n    model: [{ text: Well. }]\n\(network)    expect: { end: \(end) }\n"
            try bench.write("tests:\n\(test)", to: "asks.test.yaml")
            try bench.write("pipeline: steps.yaml\ntests:\n\(test)", to: "steps.test.yaml")
            return try await bench.sluice("test")
        }
        #expect(said.status == 0, "\(said)")
    }

    /// A socket of this machine, to which the system itself lets others connect.
    private static func listening() throws -> (socket: Int32, port: Int) {
        let server = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isOpen = withUnsafeMutableBytes(of: &address) { bytes in
            let place = bytes.baseAddress?.assumingMemoryBound(to: sockaddr.self)
            return bind(server, place, size) == 0 && listen(server, 8) == 0 && getsockname(server, place, &size) == 0
        }
        try #require(isOpen)
        return (server, Int(in_port_t(bigEndian: address.sin_port)))
    }
}
