import PipelineKit
import ProcessKit

/// The official Python client, which calls the tool of a server of its own whenever it is told to.
struct PythonClient {
    private let companion: Companion

    /// - Returns: `nil` when there is no Python with that library.
    static func start(of server: [String], in directory: String) async throws(Failure) -> PythonClient? {
        let command = Command("python3", ["-c", script] + server, in: directory, timeout: .seconds(3_600))
        let companion: Companion
        do throws(Failure) { companion = try await Companion.start(command) } catch {
            guard error.kind == .missing else { throw error }
            return nil
        }
        let client = PythonClient(companion: companion)
        let ready = try client.line()
        guard ready == "ready" else { return nil }
        return client
    }

    /// Microseconds of so many calls, one after the other.
    func turn(_ calls: Int) throws(Failure) -> [Double] {
        try companion.write(Array("\(calls)\n".utf8), within: Self.patience)
        let line = try line()
        guard let times = try? JSONValue(parsing: line).elements.compactMap(\.number), times.count == calls else {
            throw Failure(.unavailable, "The Python client ended: \(companion.errorText.suffix(500))")
        }
        return times
    }

    private func line() throws(Failure) -> String {
        var bytes: [UInt8] = []
        while bytes.last != UInt8(ascii: "\n") {
            let piece = try companion.read(within: Self.patience)
            guard !piece.isEmpty else { break }
            bytes += piece
        }
        return String(decoding: bytes, as: UTF8.self).trimmed
    }

    private static let patience = Duration.seconds(300)

    private static let script = """
        import asyncio, json, sys, time
        try:
            from mcp import ClientSession, StdioServerParameters
            from mcp.client.stdio import stdio_client
        except ImportError:
            sys.exit(print("missing"))

        async def main():
            server = StdioServerParameters(command=sys.argv[1], args=sys.argv[2:])
            async with stdio_client(server) as (read, write), ClientSession(read, write) as session:
                await session.initialize()
                await session.list_tools()
                print("ready", flush=True)
                while line := await asyncio.to_thread(sys.stdin.readline):
                    times = []
                    for _ in range(int(line)):
                        start = time.perf_counter_ns()
                        result = await session.call_tool("echo", {"text": "hello"})
                        times.append((time.perf_counter_ns() - start) / 1000)
                        assert result.content[0].text == "hello"
                    print(json.dumps(times), flush=True)

        asyncio.run(main())
        """
}
