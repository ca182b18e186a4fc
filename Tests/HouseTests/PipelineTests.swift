import BuiltInPipelines
import Foundation
import PipelineEngine
import PipelineKit
import StandardModules
import Testing

/// Every pipeline that the repository shows can be used as it stands.
struct PipelineTests {
    static let loader = PipelineLoader(
        PipelineSources(
            builtInNames: BuiltInPipelines.all.keys.sorted(),
            builtIn: { name in BuiltInPipelines.all[name].map { (name: "\(name).yaml", text: $0) } },
            read: PipelineSources.disk
        ),
        registry: registry
    )

    /// With what reads modules that pipelines bring along; nobody is asked anything.
    static let registry: Registry = {
        var registry = Registry.standard()
        registry.addSources(transport: Nowhere(), secrets: { _ in nil }, version: "0")
        return registry
    }()

    /// Without their tests, which 'sluice test' reads.
    static let paths = House.paths(in: "Pipelines", ".yaml", ".yml").filter { !$0.hasSuffix(".test.yaml") }

    @Test(arguments: paths) func everyPipelineLints(path: String) throws {
        let loaded = try Self.loader.load(file: House.root.appending(path: path).path)
        #expect(loaded.warnings.map(\.description) == [])
    }

    @Test func everyPipelineOfTheFolderIsInTheProduct() throws {
        let paths = Self.paths.filter { $0.split(separator: "/").count == 2 }
        let files = try paths.map { path in
            (String(path.dropFirst("Pipelines/".count).dropLast(".yaml".count)), try House.text(path))
        }
        #expect(files.count >= 2)
        #expect(BuiltInPipelines.all == Dictionary(uniqueKeysWithValues: files))
    }

    @Test func theGuidesShowWholePipelines() throws {
        #expect(try Documents.all().flatMap(\.pipelines).count >= 5)
    }

    @Test(arguments: try Documents.all().flatMap(\.pipelines))
    func everyWholePipelineInTheDocumentationLints(block: Documents.Block) throws {
        do throws(Diagnostics) {
            let loaded = try Self.loader.load(block.text, file: "\(block.document)")
            #expect(loaded.warnings.map(\.description) == [])
        } catch {
            Issue.record("A block marked 'yaml pipeline' near line \(block.line) is none:\n\(error)")
        }
    }
}

private struct Nowhere: HTTPTransport {
    func send(_ request: TransportRequest) async throws(Failure) -> TransportResponse {
        throw Failure(.unavailable, "There is no network here.")
    }
}
