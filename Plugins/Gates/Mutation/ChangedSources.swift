import GateKit
import PipelineKit
import WorkspaceKit

/// A source of the work, and the lines of it that the work has changed.
struct ChangedSource: Sendable {
    /// Relative to the project.
    var file: String
    var bytes: [UInt8]
    /// From 1.
    var lines: Set<Int>
    var language: SourceLanguage
}

/// Which files of a project are mutated.
struct ChangedSources: Sendable {
    private let patterns: [GlobPattern]
    private let left: [GlobPattern]

    /// - Parameter patterns: Of the files to look at; empty for all sources but tests and what others wrote.
    init(_ patterns: [String]) throws(Failure) {
        self.patterns = try patterns.map { text throws(Failure) in try GlobPattern(text) }
        left = try patterns.isEmpty ? Self.others.map { text throws(Failure) in try GlobPattern(text) } : []
    }

    /// Names that tests, their helpers and what is built or fetched have in these languages.
    private static let others = [
        "**/{test,tests,Tests,__tests__,__mocks__,spec,specs,testdata,fixtures,e2e,evals}/**",
        "**/{bench,benches,benchmark,benchmarks,examples}/**",
        "**/{node_modules,vendor,third_party,venv,.venv,site-packages,build,dist,target,.build}/**",
        "**/{test_,test-}*", "**/*{_test,-test,.test,_spec,.spec,_tests,_bench,.bench}.*",
        "**/*{Test,Tests,Spec,IT}.{java,swift}", "**/{test,tests,conftest,setup,noxfile,bench}.*",
        "**/*.{min,config,d}.*", "**/Package.swift",
    ]

    /// Bytes of a source that is looked at; more is written by programs.
    private static let largest = 1 << 20

    /// The sources that differ from those of the base, by name.
    ///
    /// - Parameters:
    ///   - root: Absolute path of the project.
    ///   - base: Absolute path of what it is compared with.
    func all(in root: String, since base: String) -> [ChangedSource] {
        ReportFile.paths(below: root, ending: "", most: 100_000).compactMap { path in
            let file = String(path.dropFirst(root.count + 1))
            guard let language = SourceLanguage(path: file), isMutated(file),
                let bytes = ReportFile.bytes(at: path), bytes.count <= Self.largest
            else { return nil }
            let old = ReportFile.bytes(at: "\(base)/\(file)")
            guard bytes != old else { return nil }
            let lines = ChangedLines.numbers(from: old, to: bytes)
            return lines.isEmpty ? nil : ChangedSource(file: file, bytes: bytes, lines: lines, language: language)
        }.sorted { $0.file < $1.file }
    }

    private func isMutated(_ file: String) -> Bool {
        patterns.isEmpty ? !left.matches(file) : patterns.matches(file)
    }
}
