import FoundationEssentials
import PipelineKit
import ProcessKit

/// Measures a call of an MCP server's tool, beside the same call by the official Python client. One line:
///
///     {"ev":"mcp","calls":1000,"start_ms":14.1,"median_us":61.2,"p95_us":88.0,"python_median_us":905.3,
///      "python_p95_us":1210.4,"ratio":0.07}
///
/// The server is this program in a process of its own, over standard streams; its tool says again what it was told. Each
/// client has a server of its own, and they take turns of 20 calls. `start_ms` is from nothing to the list of tools, with
/// the start of the server; `ratio` is Sluice's median to Python's. What begins with `python_` needs a `python3` with `mcp`
/// in the PATH, and is left out without.
struct MCPBench {
    private static let turn = 20
    private let calls: Int
    private let directory: String
    private let source: any ModuleSource

    static func measure(_ calls: Int, in directory: String, _ registry: Registry) async throws(CommandError) {
        guard let source = registry.sources["mcp"] else { throw .broken("Nothing here speaks with MCP servers.") }
        let bench = MCPBench(calls: calls, directory: directory, source: source)
        do throws(Failure) { try await bench.run() } catch { throw .broken(error.message) }
    }

    private func run() async throws(Failure) {
        let server = [try programPath(), "bench", "mcp", "server"]
        let start = ContinuousClock.now
        let tool = try await tool(of: server)
        let started = start.duration(to: .now)
        let python = try await PythonClient.start(of: server, in: directory)
        var (own, others): ([Double], [Double]) = ([], [])
        for _ in 0..<max(1, calls / Self.turn) {
            own += try await turn(tool)
            if let python { others += try python.turn(Self.turn) }
        }
        var members: [String: JSONValue] = [
            "calls": .int(own.count), "start_ms": .double((started / .milliseconds(1)).tenths),
            "median_us": .double(own.at(0.5)), "p95_us": .double(own.at(0.95)),
        ]
        if !others.isEmpty {
            members["python_median_us"] = .double(others.at(0.5))
            members["python_p95_us"] = .double(others.at(0.95))
            members["ratio"] = .double((100 * own.at(0.5) / others.at(0.5)).rounded() / 100)
        }
        BenchLines().tell("mcp", members)
    }

    private func tool(of server: [String]) async throws(Failure) -> ConfiguredTool {
        let declared: JSONValue = ["bench": ["command": .array(server.map(JSONValue.string))]]
        guard let shelf = source.modules(of: declared, in: directory).shelves.first?.thing,
            let factory = try await shelf.tools(Workspace(path: directory)).first,
            let tool = try? factory.make([:])
        else { throw Failure(.unavailable, "The server has no tool.") }
        return tool
    }

    /// Microseconds of each call.
    private func turn(_ tool: ConfiguredTool) async throws(Failure) -> [Double] {
        let context = ToolContext(workspace: Workspace(path: directory))
        var times: [Double] = []
        for _ in 0..<Self.turn {
            let start = ContinuousClock.now
            let output = try await tool.call(["text": "hello"], context)
            times.append(start.duration(to: .now) / .microseconds(1))
            guard output.text == "hello" else { throw Failure(.unavailable, "The server said '\(output.text)'.") }
        }
        return times
    }

    private func programPath() throws(Failure) -> String {
        guard let path = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe") else {
            throw Failure(.unavailable, "This program does not know where it is: '/proc/self/exe' cannot be read.")
        }
        return path
    }
}

extension [Double] {
    /// A quantile, to a tenth; 0 of none.
    fileprivate func at(_ share: Double) -> Double {
        isEmpty ? 0 : sorted()[Int(Double(count - 1) * share)].tenths
    }
}
