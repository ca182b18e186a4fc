import Foundation
import PipelineEngine
import PipelineKit
import Testing

/// Pipelines in `Tests/Fixtures/Pipelines`, and beside each what loading it must give: its normal form, one line for
/// each value, or the diagnostics.
struct GoldenTests {
    static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Fixtures/Pipelines")

    static let names: [String] = {
        let files = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return files.filter { $0.hasSuffix(".yaml") }.sorted()
    }()

    @Test func thereAreSome() { #expect(Self.names.count >= 10) }

    @Test(arguments: names)
    func loadsAsExpected(name: String) throws {
        let expectation = Self.folder.appending(path: name.replacing(".yaml", with: ".expected"))
        let given = try Self.outcome(of: name)
        if ProcessInfo.processInfo.environment["SLUICE_ACCEPT"] == "1" {
            try given.write(to: expectation, atomically: true, encoding: .utf8)
        }
        #expect(try String(contentsOf: expectation, encoding: .utf8) == given)
    }

    private static func outcome(of name: String) throws -> String {
        let known = PipelineSources(
            builtInNames: ["pytest"],
            builtIn: { $0 == "pytest" ? ("pytest.yaml (built in)", "name: pytest\ngoal: pytest\n") : nil },
            read: { path throws(Failure) in try PipelineSources.disk(folder.appending(path: path).path) }
        )
        do throws(Diagnostics) {
            let loaded = try PipelineLoader(known, registry: TestModules.registry).load(file: name)
            let warnings = loaded.warnings.map(\.description)
            return (warnings + lines(of: loaded.pipeline.json, at: FieldPath())).joined(separator: "\n") + "\n"
        } catch { return error.description + "\n" }
    }

    private static func lines(of json: JSONValue, at path: FieldPath) -> [String] {
        switch json {
        case .object(let members) where !members.isEmpty:
            members.sorted { $0.key < $1.key }.flatMap { lines(of: $1, at: path.appending($0)) }
        case .array(let elements) where !elements.isEmpty:
            elements.enumerated().flatMap { lines(of: $1, at: path.appending($0)) }
        case .object: ["\(path) = {}"]
        case .array: ["\(path) = []"]
        default: ["\(path) = \(json)"]
        }
    }
}
