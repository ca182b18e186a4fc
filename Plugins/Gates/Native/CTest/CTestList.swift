import PipelineKit

/// The tests that ctest knows of, before it runs them, and where the project says so.
///
/// `ctest --show-only=json-v1`: https://cmake.org/cmake/help/latest/manual/ctest.1.html#show-as-json-object-model.
struct CTestList: Sendable {
    struct Test: Sendable, Hashable {
        var name: String
        /// Absolute path.
        var file: String?
        var line: Int?
    }

    /// In the order of the list.
    let tests: [Test]

    /// Reads the list; one that cannot be read is empty, and the report alone counts.
    init(json: String) {
        let value = (try? JSONValue(parsing: json)) ?? .null
        let graph = value["backtraceGraph"]
        let files = graph?["files"]?.elements ?? []
        let nodes = graph?["nodes"]?.elements ?? []
        tests = (value["tests"]?.elements ?? []).compactMap { test in
            guard let name = test["name"]?.text else { return nil }
            let node = test["backtrace"]?.integer.flatMap { nodes.indices.contains($0) ? nodes[$0] : nil }
            let file = node?["file"]?.integer.flatMap { files.indices.contains($0) ? files[$0].text : nil }
            return Test(name: name, file: file, line: node?["line"]?.integer)
        }
    }
}
